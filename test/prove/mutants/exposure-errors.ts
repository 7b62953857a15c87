import type { Mutant } from './mutant.ts';

const killers = ['test/functions/exposure.test.ts'];

/** What bounds the money that one payee may have and give nothing for. */
export const exposureErrors: readonly Mutant[] = [
  {
    name: 'E01',
    error: 'a job id of the seller takes a payment out of the exposure',
    edits: [
      {
        file: 'shared/core/exposure.ts',
        was: "  const isOver = job.end !== undefined || job.proof?.state === 'dead';",
        is: "  const isOver = job.sellerJobId !== undefined || job.end !== undefined || job.proof?.state === 'dead';",
      },
    ],
    killers,
  },
  {
    name: 'E02',
    error: 'a settlement takes a payment out of the exposure',
    edits: [
      {
        file: 'shared/core/exposure.ts',
        was: "  const isOver = job.end !== undefined || job.proof?.state === 'dead';",
        is: '  const isOver = job.end !== undefined || job.settlement?.success || job.proof !== undefined;',
      },
    ],
    killers,
  },
  {
    name: 'E03',
    error: 'the dollars that are exposed are not bounded',
    edits: [
      {
        file: 'shared/core/exposure.ts',
        was: '  atomic: Math.max(exposureDollars(limits), amountAtomic),',
        is: '  atomic: Number.MAX_SAFE_INTEGER,',
      },
    ],
    killers,
  },
  {
    name: 'E04',
    error: 'an old count of deliveries widens the exposure bound',
    edits: [
      {
        file: 'shared/core/exposure.ts',
        was: '  countedSince: now - freshMilliseconds,',
        is: '  countedSince: 0,',
      },
    ],
    killers,
  },
];
