import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../../../infra/local/aws/aws-error.ts';
import type { Identity } from '../../../../infra/local/aws/call.ts';
import type { JsonService } from '../../../../infra/local/aws/json-endpoint.ts';

const operator: Identity = {
  accessKeyId: 'operator',
  functionId: undefined,
  userId: 'AIDAOPERATOR',
  principalArn: 'arn:aws:iam::000000000000:user/operator',
  statements: 'all',
};

interface Asked {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

const answer = (statusCode: number, body: unknown, code?: string) => ({
  response: {
    statusCode,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      ...(code !== undefined && { 'x-amzn-errortype': code }),
    },
    body: new Uint8Array(Buffer.from(JSON.stringify(body ?? {}))),
  },
});

/**
 * The SDK's own client, whose requests reach an emulated service without a socket: what it writes and reads is what
 * would go over the wire, and tens of thousands of commands take seconds.
 */
export function inProcessClient(service: JsonService): DynamoDBClient {
  async function handle({ headers, body }: Asked) {
    const [, operation = ''] = (headers['x-amz-target'] ?? '').split('.');
    const perform = service.operations[operation];
    if (!perform) return answer(501, {}, 'NotEmulated');
    try {
      const input = JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body)) as Record<
        string,
        unknown
      >;
      return answer(200, await perform(input, operator));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const { code, message, status, fields } = error;
      return answer(status, { __type: code, message, ...fields }, code);
    }
  }
  const requestHandler = { metadata: { handlerProtocol: 'http/1.1' }, handle };
  return new DynamoDBClient({
    endpoint: 'http://dynamodb.in-process',
    region: 'eu-central-1',
    credentials: { accessKeyId: operator.accessKeyId, secretAccessKey: 'local' },
    requestHandler: requestHandler as never,
  });
}
