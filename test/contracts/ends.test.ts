import { describe, expect, test } from 'vitest';
import { jobEnded } from '../../functions/announce.ts';
import { show } from '../../functions/intake/show.ts';
import { detailTypes, jobEndedSchema } from '../../shared/contracts/event.ts';
import { jobAnswerSchema } from '../../shared/contracts/http.ts';
import { paymentMessageSchema } from '../../shared/contracts/message.ts';
import { workflowInputSchema } from '../../shared/contracts/workflow.ts';
import { endStatuses } from '../../shared/core/job-record.ts';
import { at, happened, jobAfter, newJob, stages } from '../functions/jobs.ts';

/** What the code makes fits what the contracts promise, at every stage and for every end. */

const pictures = { put: async () => {}, presign: async (key: string) => `https://bucket.test/${key}` };

/** Jobs with what callers may not see: a prompt, a picture's URL at the seller, the nonce of what was signed. */
const job = newJob({ body: '{"prompt":"a canary prompt"}' });
const all = stages(job);
const secret = /canary|pictures\.test/;

test.each(Object.entries(all))('the HTTP answer about a job that is %s', async (_name, stage) => {
  const answer = await show(pictures, stage);
  expect(jobAnswerSchema.parse(answer)).toEqual(answer);
  expect(JSON.stringify(answer)).not.toMatch(secret);
  expect(answer.success).toBe(answer.status !== 'failed');
});

describe('the event of an end', () => {
  const lost = jobAfter(all.unsettled, happened.unresolved());
  const ends = {
    delivered: all.delivered,
    'delivered, its settlement never seen': jobAfter(
      all.unsettled,
      { type: 'submitted', sellerJobId: 'cmn1234567890', at: at(3) },
      happened.rendered(),
      happened.delivered(),
    ),
    refused: all.refused,
    'refused after a reservation': jobAfter(all.reserved, happened.refused()),
    undelivered: all.undelivered,
    unresolved: all.unresolved,
    'unresolved, its job id found later': jobAfter(lost, happened.submitted()),
    'unresolved, its picture never finished': jobAfter(all.rendered, happened.unresolved()),
  };
  test.each(Object.entries(ends))('%s', (_name, ended) => {
    const event = jobEnded(ended, 'pictures');
    expect(jobEndedSchema.parse(event)).toEqual(event);
    expect(detailTypes[event.status]).toMatch(/^Job[A-Z][a-z]+$/);
    expect(JSON.stringify(event)).not.toMatch(secret);
    expect(event.payment === undefined).toBe(event.money === 'none');
    expect(event.asset === undefined).toBe(event.status !== 'delivered');
    expect(event.reason === undefined).toBe(event.status === 'delivered');
    if (event.money !== 'none') expect(event.retryCanHelp).toBe(false);
  });

  test('every end has its detail type', () => {
    expect(Object.keys(detailTypes).toSorted()).toEqual([...endStatuses].toSorted());
  });
});

test.each([
  ['a message carries an id, and nothing beside it', paymentMessageSchema, {}],
  [
    'a workflow’s input carries an id and a wait, and nothing beside them',
    workflowInputSchema,
    { waitSeconds: 3 },
  ],
] as const)('%s', (_name, schema, others) => {
  const { jobId } = job;
  expect(schema.parse({ jobId, ...others })).toEqual({ jobId, ...others });
  expect(schema.safeParse({ jobId, ...others, body: '{}' }).success).toBe(false);
  expect(schema.safeParse({ ...others, jobId: '../1' }).success).toBe(false);
});
