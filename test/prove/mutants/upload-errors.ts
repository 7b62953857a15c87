import type { Mutant } from './mutant.ts';

const killers = ['test/functions/upload-budget.test.ts'];
const send = 'functions/payer/send.ts';

/** Whose budget files are uploaded with, and what holds back what was signed. */
export const uploadErrors: readonly Mutant[] = [
  {
    name: 'U01',
    error: 'an upload is bought before the budget of its request is held',
    edits: [
      {
        file: 'functions/payer/earmark.ts',
        was: "    { type: 'uploading', uploads, earmark, at: payer.clock() },",
        is: `    {
      type: 'uploading',
      uploads,
      earmark: { ...earmark, holds: [], slots: slots.map((jobId) => ({ jobId, holds: [] })) },
      at: payer.clock(),
    },`,
      },
    ],
    killers,
  },
  {
    name: 'U02',
    error: 'what was held is not given back at an end before a signature',
    edits: [
      {
        file: 'shared/core/evolve.ts',
        was: '...(earmark && !change.end && !change.purchase && { earmark }),',
        is: '...(earmark && !change.purchase && { earmark }),',
      },
    ],
    killers,
  },
  {
    name: 'U03',
    error: 'an upload takes from the budget of the system',
    edits: [
      {
        file: 'functions/payer/take-budget.ts',
        was: '  return buyer?.caller ?? payingCaller(job);',
        is: '  return buyer?.caller ?? (forJobId === undefined ? payingCaller(job) : job.caller);',
      },
    ],
    killers,
  },
  {
    name: 'U04',
    error: 'what is held for an upload is given back where the upload begins',
    edits: [
      {
        file: 'functions/record.ts',
        was: 'budgetMoves(job, after, guard?.begins)',
        is: 'budgetMoves(job, after)',
      },
    ],
    killers,
  },
  {
    name: 'U05',
    error: 'what takes too long to sign is sent, and its answer may never be written down',
    edits: [{ file: send, was: '  if (!leavesTimeToSend(payer, run)) return job;\n', is: '' }],
    killers: ['test/functions/pay.test.ts'],
  },
  {
    name: 'U06',
    error: 'what was signed for a window that is over is sent',
    edits: [{ file: send, was: '  if (!isAlive(job, at)) return job;\n', is: '' }],
    killers: ['test/functions/pay.test.ts'],
  },
  {
    name: 'U07',
    error: 'a stopped caller is paid for',
    edits: [
      {
        file: 'shared/aws/dynamodb-budgets.ts',
        was: 'scopesOf(job).map((scope, n)',
        is: "scopesOf(job).filter((scope) => !scope.startsWith('caller:')).map((scope, n)",
      },
    ],
    killers: ['test/aws/dynamodb-control.test.ts'],
  },
];
