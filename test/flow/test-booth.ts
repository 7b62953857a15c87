import { setTimeout as sleep } from 'node:timers/promises';
import type { Tap } from '../../infra/local/aws/call.ts';
import { type Ended, onEnded } from '../../infra/local/booth/buy-picture.ts';
import { listPayments } from '../../infra/local/booth/list-payments.ts';
import { type Booth, type BoothOptions, openBooth } from '../../infra/local/booth/open-booth.ts';
import { ledgerIn } from '../../shared/aws/dynamodb.ts';
import { dynamoDbWith } from '../../shared/aws/dynamodb-table.ts';
import { acceptedSchema, type JobAnswer, jobAnswerSchema } from '../../shared/contracts/http.ts';

/** Where `bundle-once.ts` says that the bundles of this run are. */
export const bundlesVariable = 'COINBOOTH_TEST_BUNDLES';

/** The settings of the tests: everything that a person would wait a minute for takes seconds. */
export const quick = {
  timings: {
    paymentDeadlineSeconds: 90,
    deliveryDeadlineSeconds: 90,
    answerSeconds: 3,
    outageSeconds: 1,
    resendSeconds: 1,
    stallSeconds: 2,
    recoverySeconds: 2,
    confirmSeconds: 1,
    waitSeconds: 1,
    workflowSeconds: 40,
    pollingScale: 0.1,
  },
  payer: { timeoutSeconds: 8 },
};

export interface TestBooth extends Booth {
  /** Posts a request as a caller would. */
  post(request: unknown, init?: RequestInit, offering?: string): Promise<Response>;
  /** Posts a request, and expects it to be taken. */
  submit(request: Readonly<Record<string, unknown>>): Promise<string>;
  get(jobId: string): Promise<JobAnswer>;
  /** Resolves when the job's end is announced, and its row says so: whoever announced it does nothing more to it. */
  ended(jobId: string): Promise<Ended>;
  /** How many events of a job went out, by their ids: each may go out more than once. */
  announcements(jobId: string): number;
  /** Settlements on the chain for the authorization of a job. */
  settlements(ended: Ended): Promise<number>;
  /** Called around every SDK call until it is replaced. */
  tap: { current: Tap | undefined };
}

/** The whole product with short times; its sweeper runs every second in the place of every minute. */
export async function openTestBooth(options: Partial<BoothOptions> = {}): Promise<TestBooth> {
  const tap: TestBooth['tap'] = { current: undefined };
  const { [bundlesVariable]: bundles } = process.env;
  const booth = await openBooth({
    ...(bundles !== undefined && { bundles }),
    port: 0,
    settings: quick,
    sandbox: { renderSeconds: 0.3 },
    schedules: 'manual',
    taps: [(call) => tap.current?.(call)],
    ...options,
  });
  const { world } = booth;
  const ends = new Map<string, PromiseWithResolvers<Ended>>();
  const endOf = (jobId: string): PromiseWithResolvers<Ended> => {
    const end = ends.get(jobId) ?? Promise.withResolvers<Ended>();
    ends.set(jobId, end);
    return end;
  };
  onEnded(world, (ended) => endOf(ended.detail.jobId).resolve(ended));
  const ledger = ledgerIn(
    world.resource('Ledger', 'AWS::DynamoDB::GlobalTable').ref,
    dynamoDbWith(world.sdk('dynamodb')),
  );
  let sweeping = Promise.resolve();
  const sweeper = setInterval(() => {
    sweeping = sweeping.then(() => world.tick('EveryMinute')).catch(() => {});
  }, 1000);

  const post: TestBooth['post'] = (request, init = {}, offering = 'flux-2-pro/generate') =>
    fetch(`${world.apiOrigin}/api/generate/${offering}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof request === 'string' ? request : JSON.stringify(request),
      ...init,
    });
  return {
    ...booth,
    tap,
    post,
    async submit(request) {
      const response = await post(request);
      return acceptedSchema.parse(await response.json()).jobId;
    },
    async get(jobId) {
      const response = await fetch(`${world.apiOrigin}/api/jobs/${jobId}`);
      return jobAnswerSchema.parse(await response.json());
    },
    async ended(jobId) {
      const ended = await endOf(jobId).promise;
      while ((await ledger.read(jobId))?.announcedAt === undefined) await sleep(20);
      return ended;
    },
    announcements: (jobId) => {
      const told = world.events().filter(({ event }) => event.detail.jobId === jobId);
      return new Set(told.map(({ event }) => event.detail.id)).size;
    },
    async settlements({ detail }) {
      const all = await listPayments(booth.sandbox, booth.wallet);
      return all.filter(({ nonce }) => nonce === detail.payment?.nonce).length;
    },
    async close() {
      clearInterval(sweeper);
      await sweeping;
      await booth.close();
    },
  };
}
