import type { Mutant } from './mutant.ts';

const reconcile = 'functions/reconciler/reconcile.ts';

/** What proves what, and what the budgets hold. */
export const moneyErrors: readonly Mutant[] = [
  {
    name: 'M11',
    error: 'release on time-out: an answer that did not come gives the money back',
    edits: [
      {
        file: 'shared/core/evolve.ts',
        was: '          ...rest,\n          evidence: plainText(event.evidence),',
        is: "          ...freed(rest, 'released'),\n          evidence: plainText(event.evidence),",
      },
    ],
    killers: ['test/functions/reconcile.test.ts', 'test/functions/budget.test.ts'],
  },
  {
    name: 'M12',
    error: 'release on wall clock: dead by our own clock, whatever the final blocks say',
    edits: [
      {
        file: 'functions/reconciler/close-expired.ts',
        was: 'head.timestamp < isOverAt',
        is: 'reconciler.clock() / 1000 < isOverAt',
      },
    ],
    killers: ['test/functions/proofs.test.ts'],
  },
  {
    name: 'M13',
    error: 'proof of death by the latest block, which another may replace',
    edits: [
      {
        file: 'functions/reconciler/node-reads.ts',
        was: "return await blockOf(node, 'finalized');",
        is: "return await blockOf(node, 'latest');",
      },
    ],
    killers: ['test/functions/chain.test.ts'],
  },
  {
    name: 'M14',
    error: 'one node is believed, whatever the other says',
    edits: [
      {
        file: 'functions/reconciler/agree.ts',
        was: 'await Promise.allSettled(readers.map(ask));',
        is: 'await Promise.allSettled(readers.slice(0, 1).map(ask));',
      },
    ],
    killers: ['test/functions/reconcile.test.ts'],
  },
  {
    name: 'M15',
    error: 'a nonce that counts as used is taken for paid, though it was cancelled',
    edits: [
      {
        file: reconcile,
        was: "proofOf(isUsed ? 'settled' : 'dead', head, use)",
        is: "proofOf('settled', head, use)",
      },
    ],
    killers: ['test/functions/reconcile.test.ts'],
  },
  {
    name: 'M16',
    error: "the wallet's own row is not held against",
    edits: [
      {
        file: 'shared/core/budget.ts',
        was: '    ...(purchase.wallet === undefined ? [] : [walletRow(purchase.network, purchase.asset, purchase.wallet)]),\n',
        is: '',
      },
    ],
    killers: ['test/functions/budget.test.ts', 'test/functions/reconcile.test.ts'],
  },
  {
    name: 'M17',
    error: "what was taken from yesterday's rows is given back to today's",
    edits: [
      {
        file: 'shared/core/budget-moves.ts',
        was: '    ...holdMoves(before, after, begun),',
        is: `    ...holdMoves(before, after, begun).map((move) =>
      move.kind === 'take'
        ? move
        : { ...move, key: move.key.replace(/^\\d{4}-\\d\\d-\\d\\d/, new Date(after.updatedAt).toISOString().slice(0, 10)) },
    ),`,
      },
    ],
    killers: ['test/functions/proofs.test.ts'],
  },
  {
    name: 'M18',
    error: 'the stop switch is not asked in the write that permits to send',
    instead:
      'nothing keeps the switch in memory; what would come to the same is a write that is not tied to it',
    edits: [
      {
        file: 'functions/payer/send.ts',
        was: "    type === 'authorized' ? { authorize: header } : undefined,\n    { running: true },",
        is: "    type === 'authorized' ? { authorize: header } : undefined,\n    {},",
      },
    ],
    killers: ['test/functions/stop.test.ts'],
  },
];
