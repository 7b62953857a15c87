import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Tap } from '../../infra/local/aws/call.ts';
import type { RequestListener } from '../../infra/local/seller/watch-requests.ts';
import { openTestBooth, type TestBooth } from './test-booth.ts';

let booth: TestBooth;
beforeAll(async () => {
  booth = await openTestBooth();
});
afterAll(() => booth?.close());
afterEach(() => {
  booth.tap.current = undefined;
});

type Call = Parameters<Tap>[0];
type Request = Parameters<RequestListener>[0];

const isPayer = (call: Call) => call.functionId?.startsWith('payer') ?? false;
/** The payer's n-th transaction: reserve, authorize, submit. */
const transaction = (n: number, phase: 'before' | 'after') => {
  let count = 0;
  return (call: Call): boolean => {
    if (!isPayer(call) || call.operation !== 'TransactWriteItems' || call.phase !== phase) return false;
    count += 1;
    return count === n;
  };
};
const onCall = (operation: string, phase: 'before' | 'after') => (call: Call) =>
  isPayer(call) && call.operation === operation && call.phase === phase;

/** Where the payer dies, once: at an SDK call of its own, or while the seller is at work. */
const places: [string, { call?: (call: Call) => boolean; request?: (request: Request) => boolean }][] = [
  ['before anything was asked', { call: onCall('GetItem', 'before') }],
  ['after the quote was asked', { request: ({ phase, paid }) => phase === 'received' && !paid }],
  ['after the reservation', { call: transaction(1, 'after') }],
  ['after the signature, before it was stored', { call: onCall('Sign', 'after') }],
  ['after it was stored, before it was sent', { call: transaction(2, 'after') }],
  ['when the payment has arrived', { request: ({ phase, paid }) => phase === 'received' && paid }],
  ['when the payment was verified', { request: ({ phase }) => phase === 'verified' }],
  ['when the payment has settled', { request: ({ phase }) => phase === 'settled' }],
  ['before the job id was written down', { call: transaction(3, 'before') }],
  ['after the job id was written down', { call: transaction(3, 'after') }],
  ['after the workflow was started', { call: onCall('StartExecution', 'after') }],
];

describe('a payer that dies between receive and acknowledge', () => {
  test.each(places)('%s', async (_name, { call: isCall, request: isRequest }) => {
    let died = 0;
    const die = async (): Promise<void> => {
      died += 1;
      expect(await booth.world.kill('payer')).toBeGreaterThan(0);
    };
    booth.tap.current = (call) => (died === 0 && isCall?.(call) ? die() : undefined);
    const stop = booth.sandbox?.seller.onRequest((request) =>
      died === 0 && isRequest?.(request) ? die() : undefined,
    );

    const jobId = await booth.submit({ prompt: `dies ${_name}`, resolution: '0.5 MP' });
    const ended = await booth.ended(jobId);
    stop?.();
    expect(died).toBe(1);
    expect(ended.detail.status).toBe('delivered');
    expect(await booth.settlements(ended)).toBe(1);
    expect(booth.announcements(jobId)).toBe(1);
    const own = booth.sandbox?.seller
      .jobs()
      .filter(({ input }) => JSON.stringify(input).includes(`dies ${_name}`));
    expect(own?.filter(({ transaction: paid }) => paid !== undefined)).toHaveLength(1);
  });
});

describe('a poller that dies', () => {
  test.each(['poll', 'deliver'])('%s', async (name) => {
    let died = 0;
    booth.tap.current = async (call) => {
      if (died > 0 || call.phase !== 'after' || !call.functionId?.startsWith(name)) return;
      if (call.operation !== (name === 'poll' ? 'Sign' : 'PutObject')) return;
      died += 1;
      await booth.world.kill(name);
    };
    const jobId = await booth.submit({ prompt: `the ${name} dies`, resolution: '0.5 MP' });
    const ended = await booth.ended(jobId);
    expect(died).toBe(1);
    expect(ended.detail.status).toBe('delivered');
    expect(await booth.settlements(ended)).toBe(1);
    expect(booth.announcements(jobId)).toBe(1);
  });
});
