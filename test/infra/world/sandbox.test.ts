import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Account, startAccount } from '../conformance/local-account.ts';

const TEMPER = `
class QuotaExceeded extends Error { name = 'QuotaExceeded'; }
let invocations = 0;
export const handler = async ({ mood }, context) => {
  invocations += 1;
  if (mood === 'hangs') await new Promise(() => setInterval(() => {}, 1000));
  if (mood === 'throws') throw new QuotaExceeded('no more');
  if (mood === 'exits') process.exit(1);
  if (mood === 'forgets') { Promise.reject(new Error('nobody waits')); await new Promise((done) => setTimeout(done, 500)); }
  if (mood === 'sleeps') await new Promise((done) => setTimeout(done, 300));
  const { functionName, awsRequestId } = context;
  return { invocations, functionName, awsRequestId, remainingMs: context.getRemainingTimeInMillis() };
};`;

let account: Account;

beforeAll(async () => {
  const functions = {
    Temper: TEMPER,
    Fresh: TEMPER,
    Broken: "throw new TypeError('at the top');",
    Old: 'export const handler = (a, b, c) => c();',
  };
  account = await startAccount({}, functions);
});

afterAll(() => account.close());

async function errorOf(reference: string, payload: object = {}) {
  const outcome = await account.world.invoke(reference, payload);
  return outcome.ok ? undefined : outcome.error;
}

test('what goes wrong is reported as Lambda reports it, and the next invocation works', async () => {
  expect(await errorOf('Temper', { mood: 'throws' })).toMatchObject({
    errorType: 'QuotaExceeded',
    errorMessage: 'no more',
    trace: expect.arrayContaining(['QuotaExceeded: no more']),
  });
  expect(await errorOf('Temper', { mood: 'hangs' })).toMatchObject({
    errorType: 'Sandbox.Timedout',
    errorMessage: expect.stringContaining('Task timed out after 3.00 seconds'),
  });
  expect(await errorOf('Temper', { mood: 'exits' })).toMatchObject({ errorType: 'Runtime.ExitError' });
  expect(await errorOf('Temper', { mood: 'forgets' })).toMatchObject({ errorType: 'Runtime.ExitError' });
  expect(await account.world.invoke('Temper', {})).toMatchObject({ ok: true, payload: { invocations: 1 } });
});

test('a module that throws and a handler with a callback fail every invocation', async () => {
  for (let tries = 0; tries < 2; tries += 1) {
    expect(await errorOf('Broken')).toMatchObject({ errorType: 'TypeError', errorMessage: 'at the top' });
  }
  expect(await errorOf('Old')).toMatchObject({ errorType: 'Runtime.CallbackHandlerDeprecated' });
  const broken = { Broken: "throw new TypeError('at the top');" };
  await expect(startAccount({}, broken, { warm: true })).rejects.toThrow('Broken: TypeError: at the top');
});

test('a sandbox is used again when it is free, and no more than four run at once', async () => {
  const first = await account.world.invoke('Fresh', {});
  const second = await account.world.invoke('Fresh', {});
  expect([first, second]).toMatchObject([{ payload: { invocations: 1 } }, { payload: { invocations: 2 } }]);
  const outcomes = await Promise.all(
    Array.from({ length: 9 }, () => account.world.invoke('Fresh', { mood: 'sleeps' })),
  );
  const payloads = outcomes.map((outcome) =>
    outcome.ok ? (outcome.payload as { invocations: number }) : undefined,
  );
  // nine invocations in at most four sandboxes: some of them were used three times
  expect(Math.max(...payloads.map((payload) => payload?.invocations ?? 0))).toBeGreaterThanOrEqual(3);
  expect(payloads).not.toContain(undefined);
});

test('the context is Lambda’s', async () => {
  const outcome = await account.world.invoke('Fresh', {});
  expect(outcome).toMatchObject({ ok: true, payload: { functionName: 'account-Fresh' } });
  const { remainingMs } = (outcome.ok ? outcome.payload : {}) as { remainingMs: number };
  expect(remainingMs).toBeGreaterThan(0);
  expect(remainingMs).toBeLessThanOrEqual(3000);
});
