import type { Mutant } from './mutant.ts';

const firstLook = ['test/functions/first-look.test.ts'];
const oddNodes = ['test/functions/odd-nodes.test.ts'];
const reconcile = 'functions/reconciler/reconcile.ts';

/** What nodes can make the reconciler believe, and what a first look can forget. */
export const chainErrors: readonly Mutant[] = [
  {
    name: 'N01',
    error: 'an authorization is dead when its window is over, though the token counts its nonce as used',
    edits: [
      {
        file: 'functions/reconciler/close-expired.ts',
        was: 'if (!isSpent && !chain.provesByLogs) {',
        is: 'if (chain) {',
      },
    ],
    killers: firstLook,
  },
  {
    name: 'N02',
    error: 'the first look lets the floor be spent',
    edits: [{ file: reconcile, was: 'let amount = balance - floorAtomic;', is: 'let amount = balance;' }],
    killers: firstLook,
  },
  {
    name: 'N03',
    error: 'the first look lets what is open be spent a second time',
    edits: [
      { file: reconcile, was: 'sum + Number(purchase?.amountAtomic ?? 0)', is: 'sum + 0 * Number(purchase)' },
    ],
    killers: firstLook,
  },
  {
    name: 'N04',
    error: 'what was settled before the first look is not searched in its window, and stays open for ever',
    edits: [
      {
        file: 'functions/reconciler/close-expired.ts',
        was: 'if (searches >= mostSearches ||',
        is: 'if (searches >= 0 ||',
      },
    ],
    killers: firstLook,
  },
  {
    name: 'N05',
    error: 'the hash of the last look is not compared: another history is gone on with',
    edits: [
      {
        file: reconcile,
        was: 'hash.toLowerCase() === blockHash.toLowerCase()',
        is: 'hash.length >= 0 || blockHash',
      },
    ],
    killers: firstLook,
  },
  {
    name: 'N06',
    error: 'a node that limits how often it may be asked is asked for smaller pieces, in more calls',
    edits: [
      {
        file: 'functions/reconciler/node-answer.ts',
        was: "return { trouble: 'limited', says,",
        is: "return { trouble: 'refused', says,",
      },
    ],
    killers: ['test/functions/node-answer.test.ts'],
  },
  {
    name: 'N07',
    error: 'where a node names no final block, its newest one is taken for final',
    edits: [
      {
        file: 'functions/reconciler/node-reads.ts',
        was: "if (node.finalityDepth === undefined) throw node.error('untagged', cause.message);",
        is: "if (node.finalityDepth === undefined) return blockOf(node, 'latest');",
      },
    ],
    killers: oddNodes,
    title: 'is the newest block for nobody',
  },
  {
    name: 'N08',
    error: 'logs that were removed are used',
    edits: [
      { file: 'functions/reconciler/node-reads.ts', was: 'if (log.removed) throw', is: 'if (false) throw' },
    ],
    killers: oddNodes,
    title: 'with removed logs',
  },
  {
    name: 'N09',
    error: 'a node of another chain is believed',
    edits: [
      {
        file: 'functions/reconciler/node.ts',
        was: 'if (found !== network)',
        is: "if (found === '')",
      },
    ],
    killers: oddNodes,
    title: 'of another chain is asked nothing else',
  },
  {
    name: 'N10',
    error: 'what a node refused is forgotten with the piece: every piece is asked in vain first',
    edits: [
      {
        file: 'functions/reconciler/pieces.ts',
        was: 'if (answered < patience || size === longestRange) return;',
        is: 'if (size === longestRange) return;',
      },
    ],
    killers: oddNodes,
    title: 'of ten blocks',
  },
  {
    name: 'N11',
    error: 'a redirect of a node is followed to where the settings name none',
    edits: [{ file: 'functions/reconciler/post.ts', was: ", redirect: 'manual' });", is: ' });' }],
    killers: ['test/functions/hostile-nodes.test.ts'],
    title: 'a redirect is not followed',
  },
  {
    name: 'N12',
    error: 'hashes in capitals are other hashes',
    edits: [
      {
        file: 'functions/reconciler/node-answer.ts',
        was: '  .regex(/^0x[0-9a-fA-F]{64}$/)\n  .toLowerCase();',
        is: '  .regex(/^0x[0-9a-fA-F]{64}$/);',
      },
    ],
    killers: ['test/functions/hostile-nodes.test.ts'],
    title: 'upper-case hashes',
  },
  {
    name: 'N13',
    error: 'a key of a node in another spelling is told',
    edits: [
      {
        file: 'functions/reconciler/without-keys.ts',
        was: 'return decodeURIComponent(part);',
        is: 'return part;',
      },
    ],
    killers: ['test/functions/hostile-nodes.test.ts'],
    title: 'no key is told',
  },
  {
    name: 'N14',
    error: 'a transaction without a receipt is dead, though its node may have dropped it',
    edits: [
      {
        file: 'functions/reconciler/close-expired.ts',
        was: 'if (!isSpent && !chain.provesByLogs) {',
        is: 'if (!isSpent) {',
      },
    ],
    killers: firstLook,
  },
  {
    name: 'N15',
    error: 'one window that a node cannot tell of keeps everything else open',
    edits: [
      {
        file: 'functions/reconciler/close-expired.ts',
        was: '.catch((error: Error) => error);',
        is: ';',
      },
    ],
    killers: firstLook,
  },
  {
    name: 'N16',
    error: 'a final block of another age decides what is over',
    edits: [
      {
        file: 'functions/reconciler/reconcile.ts',
        was: 'if (final.timestamp * 1000 > ',
        is: 'if (final.number < 0 && final.timestamp * 1000 > ',
      },
    ],
    killers: firstLook,
  },
  {
    name: 'N17',
    error: 'the answer to another question is taken',
    edits: [
      {
        file: 'functions/reconciler/node-answer.ts',
        was: 'return body.id === id',
        is: 'return id > 0',
      },
    ],
    killers: ['test/functions/node-bounds.test.ts'],
  },
  {
    name: 'N18',
    error: 'a look asks on when its time is over',
    edits: [
      {
        file: 'functions/reconciler/node.ts',
        was: 'if (clock() >= endsAt) throw',
        is: 'if (clock() < 0) throw',
      },
    ],
    killers: ['test/functions/node-bounds.test.ts'],
  },
];
