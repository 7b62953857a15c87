import { describe, expect, test } from 'vitest';
import type { Proven } from '../suite.ts';
import { suites } from '../suites.ts';
import { proveBudget } from './budget/prove-budget.ts';
import { proveChain } from './chain/prove-chain.ts';
import { chanceFrom } from './chance.ts';
import { challengeCorpus } from './fuzz/challenge-corpus.ts';
import { proveFuzz } from './fuzz/prove-fuzz.ts';
import { proveKms } from './kms/prove-kms.ts';
import { newWindows } from './leak/windows.ts';
import { proveLedger } from './ledger/prove-ledger.ts';

/** The suites of the proof at a size that keeps them alive; their figures come from `npm run prove`. */

const proving = { seed: 11, progress: () => {} };

function expectNone({ counts, violations }: Proven, least: Readonly<Record<string, number>>): void {
  expect(violations).toEqual([]);
  const few = Object.entries(least).filter(([name, many]) => (counts[name] ?? 0) < many);
  expect(few.map(([name]) => [name, counts[name]])).toEqual([]);
}

test.each(['fuzz', 'chain', 'kms', 'ledger', 'budget', 'leak'])(
  '%s is there, and says what it claims',
  async (name) => {
    const suite = await suites[name]?.();
    expect(suite?.name).toBe(name);
    expect(suite?.claim.length).toBeGreaterThan(40);
    expect(suite?.zero.length).toBeGreaterThan(0);
  },
);

test('fuzz: nothing is signed, refused or fetched that should not be', async () => {
  expect(new Set(challengeCorpus).size).toBeGreaterThan(150);
  const amounts = { challenges: challengeCorpus.length + 200, signIns: 100, pictures: 60 };
  expectNone(await proveFuzz(proving, amounts), { signed: 50, signInsSigned: 10, urls: 300 });
});

test('chain: the encoders agree, and the token pays once', async () => {
  expectNone(await proveChain(proving, { digests: 60, executions: 10 }), { digests: 60, executions: 10 });
});

test('kms: any DER becomes the canonical signature or a named error', async () => {
  expectNone(await proveKms(proving, 120), { highS: 1, lowS: 1, refused: 30 });
});

test('ledger: both stores say the same', async () => {
  expectNone(await proveLedger(proving, 25), { cases: 25, rows: 100 });
});

test('budget: rows add up, and a race ends with as many as there are places', async () => {
  const amounts = {
    runs: 3,
    commands: 60,
    embedded: { runs: 1, commands: 20 },
    race: { many: 30, places: 5 },
  };
  expectNone(await proveBudget(proving, amounts), { runs: 3, raceChecks: 18 });
});

describe('leak: the search finds eight bytes of a secret', () => {
  const secret = chanceFrom(1, 'secret').bytes(32);
  const windows = newWindows();
  windows.add(secret);
  const some = secret.subarray(11, 19);

  test.each([
    ['in hexadecimal', `..."0x${some.toString('hex').toUpperCase()}"`],
    ['in base64', `Basic ${Buffer.concat([Buffer.from('user:'), some]).toString('base64')}`],
    ['in base64, elsewhere', Buffer.concat([Buffer.from('a'), some, Buffer.from('bc')]).toString('base64')],
    ['in base64url', Buffer.concat([Buffer.from('ab'), some]).toString('base64url')],
    ['in JSON in base64', Buffer.from(`{"signature":"0x${secret.toString('hex')}1b"}`).toString('base64')],
    [
      'in JSON in base64 in JSON',
      JSON.stringify({ a: `zz.${Buffer.from(`"r":"${secret.toString('hex')}"`).toString('base64')}` }),
    ],
  ])('%s', (_how, text) => {
    expect(windows.find(text)).toBeDefined();
  });

  test('and not where there is none', () => {
    const other = chanceFrom(2, 'secret').bytes(4_000);
    expect(windows.find(other.toString('hex') + other.toString('base64'))).toBeUndefined();
    expect(windows.find(secret.subarray(11, 18).toString('hex'))).toBeUndefined();
  });
});
