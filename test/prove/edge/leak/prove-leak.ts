import { setTimeout as pause } from 'node:timers/promises';
import type { FaultName } from '../../../../infra/local/seller/faults.ts';
import { openTestBooth } from '../../../flow/test-booth.ts';
import type { Proven, Proving, Suite } from '../../suite.ts';
import { chanceFrom } from '../chance.ts';
import { newTally, type Tally } from '../tally.ts';
import { type Overheard, overhear } from './overhear.ts';
import { headersIn, readable, rowsOf, type Sink, sinkOfCall, sinksOf } from './sinks.ts';
import { askWrongly, buyThrough, closeMoney, type Visit } from './visit.ts';

const faults: readonly FaultName[] = ['challenge-after-settlement', 'failed-job'];
const moreFaults: readonly FaultName[] = [
  ...(['lost-answer', 'error-after-settlement', 'redirect-paid', 'over-ceiling', 'html-picture'] as const),
  ...([
    'no-acceptable-requirements',
    'x402-v1',
    'huge-header',
    'expired-picture-url',
    'settlement-failed',
  ] as const),
];

const erasedMilliseconds = 15_000;

/** Every secret in one sink that has no place there. */
function search(tally: Tally, sink: Sink, secrets: Overheard, { canary, presigned }: Visit): void {
  tally.count('sinks');
  tally.count('characters', sink.text.length);
  const found = secrets.signatures.find(sink.text);
  if (found !== undefined) tally.breach(`${sink.name} holds a piece of a signature: ${found}`);
  for (const value of secrets.values)
    if (sink.text.includes(value.slice(0, 48)))
      tally.breach(`${sink.name} holds a sign-in header or a token`);
  for (const signature of presigned)
    if (sink.text.includes(signature)) tally.breach(`${sink.name} holds a presigned URL`);
  if (sink.mayHoldPrompt !== true && sink.text.includes(canary))
    tally.breach(`${sink.name} holds the prompt: ${sink.text.slice(0, 300)}`);
}

/** A stored header is there while its money is not known, and gone a moment after it is. */
async function checkHeaders(tally: Tally, { booth }: Visit): Promise<void> {
  const states = new Map<unknown, unknown>();
  for (const row of await rowsOf(booth, 'Ledger')) {
    if (!String(row.pk).startsWith('PURCHASE#')) continue;
    tally.count(`authorizations ${row.state}`);
    states.set(row.pk, row.state);
  }
  const closed = async () =>
    (await rowsOf(booth, 'Headers')).map(({ pk }) => states.get(pk)).filter((state) => state !== 'live');
  // The look that proved them asked the payer.
  const until = Date.now() + erasedMilliseconds;
  while ((await closed()).length > 0 && Date.now() < until) await pause(100);
  for (const state of await closed()) tally.breach(`an authorization that is ${state} keeps its header`);
}

/** Buys through faults, refusals and a stop, on the real bundles; then reads everything that can be read. */
export async function proveLeak({ seed, size, progress }: Proving): Promise<Proven> {
  const tally = newTally();
  const secrets = overhear();
  const calls = new Map<string, Sink>();
  const carriers = new Set<string>();
  const canary = `canary ${chanceFrom(seed, 'leak').hex(12).slice(2)} heron`;
  const booth = await openTestBooth({
    sandbox: { renderSeconds: 0.1, pictureStyle: 'plain' },
    taps: [
      (call) => {
        const sink = sinkOfCall(call);
        calls.set(sink.name + sink.text, sink);
        for (const header of headersIn(call)) {
          secrets.addPayment(header);
          carriers.add(JSON.stringify(readable(call.input)));
        }
      },
    ],
  });
  try {
    const visit: Visit = { booth, tally, canary, answers: [], presigned: new Set() };
    const isFull = size === 'full';
    await buyThrough(visit, isFull ? [...faults, ...moreFaults] : faults, isFull ? 20 : 1);
    progress(1, 4);
    await askWrongly(visit);
    progress(2, 4);
    await closeMoney(visit);
    progress(3, 4);
    await checkHeaders(tally, visit);
    for (const sink of [...(await sinksOf(booth)), ...calls.values(), ...visit.answers])
      search(tally, sink, secrets, visit);
    // A search that finds nothing anywhere has to show that it can find.
    for (const carrier of carriers)
      if (secrets.signatures.find(carrier) === undefined)
        tally.breach('the search is blind to a stored header');
    tally.count('headersFoundInTheirPlace', carriers.size);
    if (carriers.size === 0) tally.breach('no header was stored: nothing was looked for');
    for (const [name, seen] of Object.entries(secrets.seen)) {
      tally.count(name, seen);
      if (seen === 0) tally.breach(`no ${name} were overheard: nothing was looked for`);
    }
    if (visit.presigned.size === 0) tally.breach('no presigned URL was given out: nothing was looked for');
  } finally {
    secrets.stop();
    await booth.close();
  }
  return tally.proven();
}

export const leak: Suite = {
  name: 'leak',
  claim:
    'No log, queue, history, event, error, row or object holds a piece of a signature, a sign-in, an upload token or a link, nor the prompt where it does not belong; the one stored header is gone once its money is known.',
  zero: ['secrets outside their place', 'headers kept after their money is known'],
  prove: proveLeak,
};
