import type { Mutant } from './mutant.ts';

const killers = ['test/functions/tempo.test.ts'];

/** What can be wrong with the second rail alone. */
export const tempoErrors: readonly Mutant[] = [
  {
    name: 'T01',
    error: 'what was signed too slowly is sent all the same, after its half minute',
    edits: [{ file: 'functions/payer/send.ts', was: '  if (!isAlive(job, at)) return job;\n', is: '' }],
    killers,
  },
  {
    name: 'T02',
    error: 'the hash of a transaction is not stored before it leaves',
    edits: [
      {
        file: 'functions/payer/send.ts',
        was: 'leaseUntil: at + milliseconds, transaction, at }',
        is: 'leaseUntil: at + milliseconds, at }',
      },
    ],
    killers,
  },
  {
    name: 'T03',
    error: 'a transfer with our memo settles a purchase, whatever transaction it is in',
    edits: [
      {
        file: 'functions/reconciler/compare.ts',
        was: '  return transfers.length > 0 && !isOther',
        is: '  return transfers.length > 0 && (true || isOther)',
      },
    ],
    killers,
  },
  {
    name: 'T04',
    error: 'a transaction that failed on the chain is taken for one that moved money by itself',
    edits: [
      {
        file: 'functions/reconciler/reconcile.ts',
        was: '      if (await isOurs(reconciler, transaction, open)) continue;\n',
        is: '',
      },
    ],
    killers,
  },
  {
    name: 'T05',
    error: 'a settlement after the proof of death goes unseen',
    edits: [
      {
        file: 'functions/reconciler/compare.ts',
        was: "  return kind === 'used' && owner.proof?.state === 'dead'",
        is: "  return kind === 'used' && owner.proof === undefined",
      },
    ],
    killers,
  },
  {
    name: 'T06',
    error: 'the fee is not held of the wallet beside the amount',
    edits: [
      {
        file: 'functions/payer/take-budget.ts',
        was: "scope === 'wallet' ? amount + feeCap : amount",
        is: 'amount',
      },
    ],
    killers,
  },
  {
    name: 'T07',
    error: 'whom a challenge names is paid',
    edits: [
      {
        file: 'shared/core/charge.ts',
        was: "  if (!chargedPayee(charge, terms)) return 'RecipientNotPinned';\n",
        is: '',
      },
    ],
    killers: ['test/protocol/mpp.test.ts'],
  },
  {
    name: 'T08',
    error: 'what the payment package asks for is signed, whatever was frozen',
    edits: [
      {
        file: 'shared/protocol/mpp-credential.ts',
        was: "        return refuse('another payment');\n",
        is: '        void 0;\n',
      },
    ],
    killers: ['test/protocol/mpp-credential.test.ts'],
  },
];
