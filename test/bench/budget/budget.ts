import { setTimeout as sleep } from 'node:timers/promises';
import { ledgerIn } from '../../../shared/aws/dynamodb.ts';
import { dynamoDbWith } from '../../../shared/aws/dynamodb-table.ts';
import { openTestBooth } from '../../flow/test-booth.ts';
import { happened, heldFor, jobAfter, newJob } from '../../functions/jobs.ts';
import { chanceFrom } from '../../prove/edge/chance.ts';
import { type Part, rounded } from '../part.ts';
import { quantile } from '../peers/statistics.ts';
import { playContention } from './contention.ts';

const rates = [20, 100] as const;
/** A transaction of six rows in one Region, from its preparation to its end: an estimate. */
const inFlightMilliseconds = 10;

/** `npm run bench -- budget`: reservations that all take from the day's one row. */
export const budget: Part = {
  name: 'budget',
  claim:
    'Reservations on the day’s one budget row, at 20 and 100 a second: on the local ledger, and as DynamoDB’s rules play out.',
  async measure({ seed, isShort, say }) {
    const counts: Record<string, number> = {};
    const calls = { transactions: 0 };
    const booth = await openTestBooth({
      taps: [
        ({ operation, phase }) => {
          if (phase === 'before' && operation === 'TransactWriteItems') calls.transactions += 1;
        },
      ],
      sandbox: { renderSeconds: 0, pictureStyle: 'plain' },
    });
    try {
      const table = booth.world.resource('Ledger', 'AWS::DynamoDB::GlobalTable').ref;
      const ledger = ledgerIn(table, dynamoDbWith(booth.world.sdk('dynamodb')));
      for (const rate of rates) {
        const seconds = isShort ? 2 : 10;
        const jobs = Array.from({ length: rate * seconds }, () => newJob());
        await Promise.all(jobs.map((job) => ledger.accept(job)));
        say(`${rate} a second for ${seconds} s`);
        calls.transactions = 0;
        const taken: number[] = [];
        const limits = { version: 0, of: new Map([[`bench#${rate}`, 1_000_000_000]]) };
        await Promise.all(
          jobs.map(async (job, index) => {
            await sleep((1000 * index) / rate);
            const begun = performance.now();
            const after = jobAfter(job, happened.reserved(job));
            const moves = [{ key: `bench#${rate}`, kind: 'take', amount: 20_000 }] as const;
            const outcome = await ledger.write(
              after,
              { reserve: heldFor(job) },
              { running: true, limits, moves },
            );
            if (outcome !== 'written') throw new Error(`A reservation came to ${JSON.stringify(outcome)}.`);
            taken.push(performance.now() - begun);
          }),
        );
        const chance = chanceFrom(seed, 'budget', rate);
        const played = playContention(rate, inFlightMilliseconds, 60, () => chance.below(1e9) / 1e9);
        Object.assign(counts, {
          [`${rate} a second, local: transactions each`]: rounded(calls.transactions / jobs.length),
          [`${rate} a second, local: ms p50`]: rounded(quantile(taken, 0.5)),
          [`${rate} a second, local: ms p95`]: rounded(quantile(taken, 0.95)),
          [`${rate} a second, played: transactions each`]: rounded(played.tries),
          [`${rate} a second, played: share left to the next delivery`]: rounded(played.givenUp),
          [`${rate} a second, played: ms p50`]: rounded(played.medianMilliseconds),
        });
      }
    } finally {
      await booth.close();
    }
    return {
      counts,
      notes: [
        ...Object.entries(counts).map(([name, figure]) => `${name}: ${figure}`),
        `The local ledger has one lock: its transactions wait and never conflict, so that it shows what the budget’s rows cost and not how DynamoDB refuses. Played: ${inFlightMilliseconds} ms in flight, the ledger’s own pauses and twelve tries; what is left over is no error, its message comes again.`,
      ],
    };
  },
};
