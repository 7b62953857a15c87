import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { pageHeader } from '../../console/guard.ts';
import { listenOnLoopback } from '../../loopback/listen-on-loopback.ts';
import { readBody } from '../../loopback/read-body.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Place } from '../aws/call.ts';
import { claimsSignature, type Verify } from '../aws/verify-signature.ts';
import { type HttpCaller, httpEvent } from './http-event.ts';
import { compileRoutes, type HttpRoute } from './http-routes.ts';
import { OPERATOR_ACCESS_KEY_ID } from './identities.ts';
import type { InvokeOutcome } from './start-sandbox.ts';

/** Quotas of an HTTP API: payload 10 MB, integration time-out 30 s; and Lambda's own request limit of 6 MB. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_EVENT_BYTES = 6 * 1024 * 1024;
const INTEGRATION_TIMEOUT_MS = 30_000;

type Serving = Parameters<HttpApi['serve']>[0];

export type HttpApi = {
  readonly origin: string;
  /** The routes come after the port is known: a template may put the API's address into an environment. */
  serve(options: {
    routes: readonly HttpRoute[];
    place: Place;
    readonly verify: Verify;
    callerOf(accessKeyId: string): HttpCaller | undefined;
    /** What the operator's unsigned requests must bring; without it they need nothing. */
    readonly key: string | undefined;
    invoke(functionArn: string, event: unknown): Promise<InvokeOutcome>;
  }): void;
  /** What no route of the API leads to is answered by this, in the place of a 404: the API's own routes come first. */
  serveBeside(listener: RequestListener): void;
  close(): Promise<void>;
};

type Answer = { statusCode: number; headers: Record<string, string | string[]>; body: Buffer };

function message(statusCode: number, text: string): Answer {
  const body = Buffer.from(JSON.stringify({ message: text }));
  return { statusCode, headers: { 'content-type': 'application/json' }, body };
}

/** A function's answer in payload format 2.0; one without `statusCode` is the JSON body of a 200. */
function answerOf(payload: unknown): Answer {
  const shaped = payload as {
    statusCode?: unknown;
    headers?: Record<string, unknown>;
    cookies?: string[];
    body?: string;
    isBase64Encoded?: boolean;
  } | null;
  if (shaped === null || typeof shaped !== 'object' || typeof shaped.statusCode !== 'number') {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(text) };
  }
  const headers: Record<string, string | string[]> = { 'content-type': 'text/plain;charset=UTF-8' };
  for (const [name, value] of Object.entries(shaped.headers ?? {}))
    headers[name.toLowerCase()] = String(value);
  if (shaped.cookies !== undefined) headers['set-cookie'] = shaped.cookies;
  const body = Buffer.from(shaped.body ?? '', shaped.isBase64Encoded === true ? 'base64' : 'utf8');
  return { statusCode: shaped.statusCode, headers, body };
}

const keyWords = 'Forbidden: send "Authorization: Bearer KEY" with the key that "npm start" printed.';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * A signed request is its signer's. An unsigned one is the operator's, with the key where one is asked for.
 * @returns undefined for a request that proves nobody
 */
async function callerOf(
  request: IncomingMessage,
  body: Buffer,
  { verify, callerOf: callerBehind, key }: Serving,
): Promise<HttpCaller | undefined> {
  const { method = 'GET', url = '/', headers } = request;
  if (claimsSignature({ url, headers })) {
    const signer = await verify('execute-api', { method, url, headers, body }).catch((error: unknown) => {
      if (error instanceof AwsError) return undefined;
      throw error;
    });
    return signer?.sessionToken === undefined ? callerBehind(signer?.accessKeyId ?? '') : undefined;
  }
  const { authorization = '', [pageHeader]: page = '' } = headers;
  const isKey = (said: string, wanted: string) => timingSafeEqual(digest(said), digest(wanted));
  const isOperator =
    key === undefined
      ? headers.authorization === undefined
      : isKey(authorization, `Bearer ${key}`) || isKey(String(page), key);
  return isOperator ? callerBehind(OPERATOR_ACCESS_KEY_ID) : undefined;
}

/** Listens on loopback as the `$default` stage of an HTTP API. Port 0 lets the system choose. */
export async function listenHttp(port: number): Promise<HttpApi> {
  let serving: Serving | undefined;
  let match: ReturnType<typeof compileRoutes> = () => undefined;
  let beside: RequestListener | undefined;
  const routeOf = (request: IncomingMessage) =>
    match(request.method ?? 'GET', (request.url ?? '/').split('?')[0] ?? '/');

  async function answer(request: IncomingMessage): Promise<Answer> {
    const body = await readBody(request, MAX_BODY_BYTES);
    const route = routeOf(request);
    if (serving === undefined || route === undefined) return message(404, 'Not Found');
    if (body === undefined) return message(413, 'Request Entity Too Large');
    const caller = await callerOf(request, body, serving);
    if (caller === undefined) return message(403, serving.key === undefined ? 'Forbidden' : keyWords);
    const event = httpEvent(request, body, route, caller, serving.place);
    if (JSON.stringify(event).length > MAX_EVENT_BYTES) return message(413, 'Request Entity Too Large');
    const invoked = serving.invoke(route.functionArn, event);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), INTEGRATION_TIMEOUT_MS);
    });
    const outcome = await Promise.race([invoked, late]).finally(() => clearTimeout(timer));
    if (outcome === undefined) return message(503, 'Service Unavailable');
    return outcome.ok ? answerOf(outcome.payload) : message(500, 'Internal Server Error');
  }

  function send(response: ServerResponse, { statusCode, headers, body }: Answer): void {
    response.writeHead(statusCode, {
      ...headers,
      'content-length': body.length,
      'apigw-requestid': randomUUID(),
    });
    response.end(body);
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (beside !== undefined && routeOf(request) === undefined) beside(request, response);
    else send(response, await answer(request));
  }

  const server = await listenOnLoopback(
    (request, response) => {
      respond(request, response).catch(() =>
        response.headersSent ? response.destroy() : send(response, message(500, 'Internal Server Error')),
      );
    },
    { port },
  );
  return {
    origin: server.origin,
    serve(options) {
      serving = options;
      match = compileRoutes(options.routes);
    },
    serveBeside(listener) {
      beside = listener;
    },
    close: server.close,
  };
}
