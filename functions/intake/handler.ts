import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import { ledgerIn } from '../../shared/aws/dynamodb.ts';
import { callerUploadsIn } from '../../shared/aws/dynamodb-uploads.ts';
import { picturesIn } from '../../shared/aws/s3.ts';
import { paymentQueueAt } from '../../shared/aws/sqs.ts';
import { readEnvironment } from '../../shared/contracts/environment.ts';
import { intakeApp } from './app.ts';
import { callerOf } from './caller.ts';

const environment = readEnvironment('intake', process.env);
const logger = new Logger({ serviceName: 'intake' });

const app = intakeApp(
  {
    ledger: ledgerIn(environment.TABLE_NAME),
    uploads: callerUploadsIn(environment.TABLE_NAME),
    bucketName: environment.BUCKET_NAME,
    referenceBuckets: environment.REFERENCE_BUCKETS,
    knownOrigins: environment.SELLER.pictureOrigins,
    queue: paymentQueueAt(environment.QUEUE_URL),
    timings: environment.TIMINGS,
    clock: Date.now,
    newId: randomUUID,
    warn: (message, fields) => logger.warn(message, fields),
  },
  picturesIn(environment.BUCKET_NAME),
);

/** HTTP API, payload format 2.0. Without an authenticated caller nothing is answered. */
const authenticated = new Hono<{ Bindings: { event: APIGatewayProxyEventV2 } }>().all('*', (c) => {
  const { requestContext } = c.env.event as { requestContext: { authorizer?: unknown } };
  const caller = callerOf(requestContext.authorizer);
  if (caller === undefined) return c.json({ title: 'Who is calling?', status: 401 }, 401);
  return app.fetch(c.req.raw, { caller });
});

export const handler = handle(authenticated);
