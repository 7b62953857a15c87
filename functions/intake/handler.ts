import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import { ledgerIn } from '../../shared/aws/dynamodb.ts';
import { controlIn } from '../../shared/aws/dynamodb-control.ts';
import { callerUploadsIn } from '../../shared/aws/dynamodb-uploads.ts';
import { picturesIn } from '../../shared/aws/s3.ts';
import { uploadAddressesIn } from '../../shared/aws/s3-uploads.ts';
import { paymentQueueAt } from '../../shared/aws/sqs.ts';
import { readEnvironment } from '../../shared/contracts/environment.ts';
import { knownOrigins } from '../../shared/core/policy.ts';
import { askPrice } from '../../shared/seller/quote.ts';
import { loggerOf } from '../logger.ts';
import { intakeApp } from './app.ts';
import { callerOf } from './caller.ts';
import { keyFault } from './key-fault.ts';
import { invalid, problem } from './problem.ts';

const environment = readEnvironment('intake', process.env);
const logger = loggerOf('intake');
const clock = Date.now;

const app = intakeApp({
  ledger: ledgerIn(environment.TABLE_NAME),
  uploads: callerUploadsIn(environment.TABLE_NAME),
  uploadAddresses: uploadAddressesIn(environment.BUCKET_NAME),
  pictures: picturesIn(environment.BUCKET_NAME),
  bucketName: environment.BUCKET_NAME,
  referenceBuckets: environment.REFERENCE_BUCKETS,
  knownOrigins: knownOrigins(environment.SELLER),
  policy: environment.SELLER,
  control: controlIn(environment.TABLE_NAME),
  limits: environment.LIMITS,
  askPrice: (path, body) => askPrice(environment.SELLER.origin, path, body),
  queue: paymentQueueAt(environment.QUEUE_URL),
  timings: environment.TIMINGS,
  clock,
  // A wait that is given up is not an error.
  sleep: (milliseconds, signal) => pause(milliseconds, undefined, { signal }).catch(() => {}),
  newId: randomUUID,
  warn: (message, fields) => logger.warn(message, fields),
});

type Bindings = { event: APIGatewayProxyEventV2; lambdaContext: Context };

/** HTTP API, payload format 2.0. Without an authenticated caller nothing is answered. */
const authenticated = new Hono<{ Bindings: Bindings }>().all('*', async (c) => {
  const { requestContext } = c.env.event as { requestContext: { authorizer?: unknown } };
  const caller = callerOf(requestContext.authorizer);
  if (caller === undefined) return problem('Unauthenticated', 'The platform authenticated nobody.');
  // Hono's adapter drops a blank header and encodes what is no ASCII: the event has the client's own.
  const fault = keyFault(c.env.event.headers['idempotency-key']);
  if (fault) return invalid([fault]);
  const endsAt = clock() + c.env.lambdaContext.getRemainingTimeInMillis();
  const response = await app.fetch(c.req.raw, { caller, endsAt });
  const [, jobId] = /^\/api\/jobs\/(.+)$/.exec(response.headers.get('location') ?? '') ?? [];
  if (jobId !== undefined) logger.info('taken', { jobId });
  return response;
});

export const handler = handle(authenticated);
