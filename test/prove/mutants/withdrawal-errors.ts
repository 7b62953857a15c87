import type { Mutant } from './mutant.ts';

const withdraw = 'functions/payer/withdraw.ts';
const killers = ['test/functions/withdraw.test.ts'];

/** Money out of the wallet: to whom, how much, and until when. */
export const withdrawalErrors: readonly Mutant[] = [
  {
    name: 'W01',
    error: 'a withdrawal goes where it was reserved for, whatever the settings name since',
    edits: [
      {
        file: withdraw,
        was: '  if (!isOf(authorization, terms, payer.wallet.address)) return reserveWithdrawal(payer, job);\n',
        is: '',
      },
    ],
    killers,
  },
  {
    name: 'W02',
    error: 'a withdrawal is signed though everything was stopped since it was reserved',
    edits: [
      {
        file: withdraw,
        was: '    { authorize: signature },\n    { running: true },\n',
        is: '    { authorize: signature },\n',
      },
    ],
    killers,
  },
  {
    name: 'W03',
    error:
      'a withdrawal holds nothing of the wallet: two of them, or it and purchases, are more than there is',
    edits: [
      {
        file: withdraw,
        was: '    holds: [{ key: floatKey(asset.network, asset.asset, from), amount: Number(amountAtomic) }],',
        is: '    holds: [],',
      },
    ],
    killers,
  },
  {
    name: 'W04',
    error: 'a withdrawal is signed long after it was asked for',
    edits: [{ file: withdraw, was: '  if (at >= job.deadlineAt) return job;\n', is: '' }],
    killers,
  },
  {
    name: 'W05',
    error: 'a withdrawal that is settled is announced as if a caller had a picture of it',
    edits: [
      {
        file: 'functions/announce.ts',
        was: 'if (!isOurOwn(job)) await ports.announcements.put(jobEnded(job, ports.bucketName));',
        is: 'await ports.announcements.put(jobEnded(job, ports.bucketName));',
      },
    ],
    killers,
  },
];
