import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const sqs = new SQSClient({});
const db = new DynamoDBClient({});

type HttpEvent = {
  rawPath: string;
  body?: string;
  isBase64Encoded: boolean;
  cookies?: string[];
  headers: Record<string, string>;
  queryStringParameters?: Record<string, string>;
  requestContext: { authorizer?: { iam: { userId: string } }; http: { method: string } };
};

/** The HTTP door of the test app: takes jobs, mirrors events, tries what its role forbids. */
export async function handler(event: HttpEvent) {
  const { rawPath, body = '', requestContext } = event;
  if (rawPath === '/api/mirror')
    return { statusCode: 200, body: JSON.stringify(event), cookies: ['a=1', 'b=2'] };
  if (rawPath === '/api/environment') return { variables: process.env };
  if (rawPath.startsWith('/api/keys/')) {
    const pk = rawPath.slice('/api/keys/'.length);
    const Item = { pk: { S: pk } };
    return db.send(new PutItemCommand({ TableName: process.env.TABLE, Item })).then(
      () => ({ statusCode: 201, body: '' }),
      (error: Error) => ({ statusCode: 403, body: `${error.name}: ${error.message}` }),
    );
  }
  const caller = requestContext.authorizer?.iam.userId;
  const MessageBody = JSON.stringify({ ...JSON.parse(body), caller });
  console.log(JSON.stringify({ message: 'taken', caller }));
  await sqs.send(
    new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody, MessageGroupId: caller }),
  );
  return { statusCode: 202, headers: { 'content-type': 'application/json' }, body: MessageBody };
}
