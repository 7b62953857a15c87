import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { type LoopbackServer, listenOnLoopback } from '../../loopback/listen-on-loopback.ts';
import { readBody } from '../../loopback/read-body.ts';
import { AwsError, ConnectionReset } from './aws-error.ts';
import type { FauxqsApp } from './fauxqs-engine.ts';
import type { Gate } from './gate.ts';
import { inputOf } from './json-endpoint.ts';
import type { S3Front } from './s3-front.ts';
import type { WireRequest } from './signature.ts';
import type { SqsFront } from './sqs-front.ts';

type Json = Record<string, unknown>;
type Reply = { status: number; headers: Record<string, string>; body: Buffer };

export type FrontOptions = {
  readonly app: FauxqsApp;
  readonly gate: Gate;
  readonly sqs: SqsFront;
  readonly s3: S3Front;
};

/** Of one PUT; a longer file comes in parts. It is read before anybody has proven who asks. */
const mostBytes = 64 * 1024 * 1024;

function xmlError(error: AwsError): Reply {
  const escaped = error.message.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const code = error.code === 'AccessDeniedException' ? 'AccessDenied' : error.code;
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escaped}</Message></Error>`;
  return { status: error.status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(text) };
}

function jsonReply(status: number, body: unknown): Reply {
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  return { status, headers, body: Buffer.from(JSON.stringify(body)) };
}

/**
 * Listens for SQS and S3 on one loopback port and hands to fauxqs only what has passed the gate and the two fronts.
 *
 * fauxqs is called in process (`inject`), not by hooks: its S3 handlers send without returning, and an asynchronous
 * Fastify hook would make it send twice.
 */
export async function listenFront(options: FrontOptions): Promise<LoopbackServer> {
  const { app, gate, sqs, s3 } = options;

  async function perform(
    method: string,
    url: string,
    headers: IncomingHttpHeaders,
    payload: Buffer,
  ): Promise<Reply> {
    const answer = await app.inject({
      method: method as 'GET',
      url,
      headers: { ...headers, 'content-length': String(payload.length) },
      payload,
    });
    const kept = Object.entries(answer.headers).filter(
      ([name]) => name !== 'connection' && name !== 'transfer-encoding',
    );
    return {
      status: answer.statusCode,
      headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
      body: answer.rawPayload,
    };
  }

  async function answerSqs(request: WireRequest): Promise<Reply> {
    const { headers, body } = request;
    const operation = String(headers['x-amz-target'] ?? '').replace('AmazonSQS.', '');
    const input = inputOf(body);
    const pass = await gate.admit(request, { service: 'sqs', operation, input });
    const refused = sqs.before(operation, input);
    const nothingLeft = refused.length > 0 && (input.Entries as unknown[]).length === 0;
    if (nothingLeft) return jsonReply(200, sqs.after(operation, input, { Successful: [] }, refused));
    const output = await sqs.perform(input, pass.identity.userId, () =>
      perform('POST', '/', headers, Buffer.from(JSON.stringify(input))),
    );
    if (output.status !== 200) return output;
    const parsed = JSON.parse(output.body.toString('utf8') || '{}') as Json;
    const completed = sqs.after(operation, input, parsed, refused);
    await gate.settle(pass);
    return jsonReply(200, completed);
  }

  async function answerS3(request: WireRequest): Promise<Reply> {
    const { method, url, headers, body } = request;
    const pass = await s3.before(request);
    try {
      const output = await perform(method, url, headers, body);
      if (output.status >= 400) return output;
      await s3.after(pass);
      if (pass.call.operation === 'GetObject') Object.assign(output.headers, s3.overrides(url));
      return output;
    } finally {
      pass.release();
    }
  }

  function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Reply): void {
    const isHead = request.method === 'HEAD';
    response.writeHead(status, isHead ? headers : { ...headers, 'content-length': body.length });
    response.end(isHead ? undefined : body);
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    const isSqs = method === 'POST' && url.split('?')[0] === '/';
    try {
      const body = await readBody(request, mostBytes);
      if (body === undefined)
        throw new AwsError('EntityTooLarge', `The body is larger than ${mostBytes} bytes`, 400);
      const wire = { method, url, headers, body };
      send(request, response, isSqs ? await answerSqs(wire) : await answerS3(wire));
    } catch (error) {
      if (error instanceof ConnectionReset) return void request.socket.destroy();
      const known = error instanceof AwsError ? error : new AwsError('InternalError', String(error), 500);
      const code = known.code === 'AccessDeniedException' ? 'AccessDenied' : known.code;
      const failure = { __type: `com.amazonaws.sqs#${code}`, message: known.message };
      send(request, response, isSqs ? jsonReply(known.status, failure) : xmlError(known));
    }
  }
  // A presigned address has its own signature, and a caller's page may show the picture behind it.
  return listenOnLoopback(respond, { keepAliveTimeout: 60_000, embeds: true });
}
