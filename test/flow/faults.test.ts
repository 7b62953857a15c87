import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FaultName } from '../../infra/local/seller/faults.ts';
import { openTestBooth, quick, type TestBooth } from './test-booth.ts';

let booth: TestBooth;
beforeAll(async () => {
  // Four of the faults are sat out until the deadline.
  const timings = { ...quick.timings, paymentDeadlineSeconds: 18, deliveryDeadlineSeconds: 18 };
  booth = await openTestBooth({ settings: { ...quick, timings } });
});
afterAll(() => booth?.close());
afterEach(() => booth.sandbox?.seller.faults.clear());

interface Expected {
  readonly status: string;
  readonly money: string;
  readonly settlements: number;
  readonly reason?: string;
}

/** Each fault of the menu, how long it lasts, and the one end it leads to. */
const faults: [FaultName, number | undefined, Expected][] = [
  ['lost-request', 1, { status: 'delivered', money: 'spent', settlements: 1 }],
  ['redirect-paid', 1, { status: 'delivered', money: 'spent', settlements: 1 }],
  ['lost-answer', 1, { status: 'delivered', money: 'open', settlements: 1 }],
  ['error-after-settlement', 1, { status: 'delivered', money: 'open', settlements: 1 }],
  ['challenge-after-settlement', 1, { status: 'delivered', money: 'open', settlements: 1 }],
  ['retry-after-date', 1, { status: 'delivered', money: 'spent', settlements: 1 }],
  ['payment-identifier', 1, { status: 'delivered', money: 'spent', settlements: 1 }],
  ['odd-challenge', 1, { status: 'delivered', money: 'spent', settlements: 1 }],
  ['odd-sign-in', 1, { status: 'delivered', money: 'spent', settlements: 1 }],
  ['slow-answer', 1, { status: 'delivered', money: 'open', settlements: 1 }],
  ['settlement-failed', 1, { status: 'delivered', money: 'open', settlements: 0 }],
  [
    'price-change',
    undefined,
    { status: 'unresolved', money: 'open', settlements: 0, reason: 'DeadlinePassed' },
  ],
  [
    'no-acceptable-requirements',
    1,
    { status: 'refused', money: 'none', settlements: 0, reason: 'ChallengeUnsupported' },
  ],
  ['over-ceiling', 1, { status: 'refused', money: 'none', settlements: 0, reason: 'PaymentRefused' }],
  ['x402-v1', 1, { status: 'refused', money: 'none', settlements: 0, reason: 'ChallengeUnsupported' }],
  ['huge-header', 1, { status: 'refused', money: 'none', settlements: 0, reason: 'ChallengeUnsupported' }],
  ['stuck-job', 1, { status: 'unresolved', money: 'spent', settlements: 1, reason: 'DeadlinePassed' }],
  ['failed-job', 1, { status: 'undelivered', money: 'spent', settlements: 1, reason: 'GenerationFailed' }],
  ['expired-picture-url', 1, { status: 'delivered', money: 'spent', settlements: 1 }],
  [
    'foreign-picture-host',
    undefined,
    { status: 'undelivered', money: 'spent', settlements: 1, reason: 'AssetInvalid' },
  ],
  [
    'svg-picture',
    undefined,
    { status: 'undelivered', money: 'spent', settlements: 1, reason: 'AssetInvalid' },
  ],
  ['html-picture', 2, { status: 'delivered', money: 'spent', settlements: 1 }],
  ['truncated-picture', 1, { status: 'delivered', money: 'spent', settlements: 1 }],
  ['huge-picture', 1, { status: 'delivered', money: 'spent', settlements: 1 }],
  ['svg-picture', 1, { status: 'delivered', money: 'spent', settlements: 1 }],
  ['wrong-size-picture', 1, { status: 'delivered', money: 'spent', settlements: 1 }],
];

describe('each fault has one end, one event, and never two settlements', () => {
  test.each(faults)('%s (%s times)', async (name, times, expected) => {
    booth.sandbox?.seller.faults.set(name, times === undefined ? {} : { times });
    const jobId = await booth.submit({ prompt: `what if ${name} ${times}`, resolution: '0.5 MP' });
    const ended = await booth.ended(jobId);
    const { status, money, reason } = ended.detail;
    const settlements = await booth.settlements(ended);
    expect({ status, money, settlements, ...(reason && { reason: reason.name }) }).toEqual(expected);
    expect(booth.sandbox?.seller.faults.used(name)).toBeGreaterThan(0);
    expect(booth.announcements(jobId)).toBe(1);

    const answer = await booth.get(jobId);
    expect(answer.status).toBe(status === 'delivered' ? 'complete' : 'failed');
    if (answer.status === 'failed') expect(answer.retryCanHelp).toBe(false);
    if (name === 'wrong-size-picture' && answer.status === 'complete')
      expect(answer.mismatch.length).toBeGreaterThan(0);
  });
});
