/**
 * One state of the model: everything that could matter, in two words of 32 bits. Money, chain and bytes are kept per
 * generation (0 and 1); a worker is `a` or `b`. Unpacked here and packed below, in one order and by hand: it is done
 * ten million times.
 */
export const unpack = (low: number, high: number) => ({
  status: (low >>> 28) & 15,
  generation: (low >>> 27) & 1,
  money0: (low >>> 24) & 7,
  money1: (low >>> 21) & 7,
  chain0: (low >>> 19) & 3,
  chain1: (low >>> 17) & 3,
  validBefore0: (low >>> 14) & 7,
  validBefore1: (low >>> 11) & 7,
  wall: (low >>> 8) & 7,
  latest: (low >>> 5) & 7,
  final: (low >>> 2) & 7,
  left0: (low >>> 1) & 1,
  left1: low & 1,
  held: (high >>> 30) & 3,
  committed: (high >>> 28) & 3,
  lease: (high >>> 27) & 1,
  sends: (high >>> 25) & 3,
  made0: (high >>> 24) & 1,
  made1: (high >>> 23) & 1,
  signing: (high >>> 21) & 3,
  crashes: (high >>> 20) & 1,
  reorgs: (high >>> 19) & 1,
  ends: (high >>> 17) & 3,
  announced: (high >>> 16) & 1,
  resolved: (high >>> 15) & 1,
  aDoes: (high >>> 11) & 15,
  aFresh: (high >>> 10) & 1,
  aGeneration: (high >>> 9) & 1,
  bDoes: (high >>> 5) & 15,
  bFresh: (high >>> 4) & 1,
  bGeneration: (high >>> 3) & 1,
  proof: high & 7,
});
export type State = ReturnType<typeof unpack>;

/** Of an authorization's row. */
export const money = { none: 0, held: 1, live: 2, settled: 3, dead: 4 } as const;
/** Of a nonce: unused, used in a block that a reorganisation can undo, used for good. */
export const chain = { unused: 0, seen: 1, final: 2 } as const;
/** What a worker has in hand. */
export const does = {
  nothing: 0,
  read: 1,
  signed: 2,
  permitted: 3,
  sending: 4,
  jobId: 5,
  noJobId: 6,
  picture: 7,
  failure: 8,
  announced: 9,
} as const;
/** Of the stop switch: it is thrown and lifted once at the most. */
export const signing = { allowed: 0, stopped: 1, resumed: 2 } as const;
/** What the reconciler has seen and not yet written: nothing, or what became of generation 0 or 1. */
export const proof = { none: 0, settled: 1, dead: 3 } as const;

export const generations = [
  { money: 'money0', chain: 'chain0', validBefore: 'validBefore0', left: 'left0', made: 'made0' },
  { money: 'money1', chain: 'chain1', validBefore: 'validBefore1', left: 'left1', made: 'made1' },
] as const;
export type Generation = (typeof generations)[number];
export const generationOf = (index: number): Generation => (index === 0 ? generations[0] : generations[1]);

export const workers = [
  { does: 'aDoes', fresh: 'aFresh', generation: 'aGeneration' },
  { does: 'bDoes', fresh: 'bFresh', generation: 'bGeneration' },
] as const;
export type Worker = (typeof workers)[number];

export const lowOf = (state: State): number =>
  ((state.status << 28) |
    (state.generation << 27) |
    (state.money0 << 24) |
    (state.money1 << 21) |
    (state.chain0 << 19) |
    (state.chain1 << 17) |
    (state.validBefore0 << 14) |
    (state.validBefore1 << 11) |
    (state.wall << 8) |
    (state.latest << 5) |
    (state.final << 2) |
    (state.left0 << 1) |
    state.left1) >>>
  0;

/** Which of two workers is called `a` makes no difference: the one with more in hand is. */
export const highOf = (state: State): number => {
  const a = (state.aDoes << 2) | (state.aFresh << 1) | state.aGeneration;
  const b = (state.bDoes << 2) | (state.bFresh << 1) | state.bGeneration;
  const pair = a > b ? (a << 6) | b : (b << 6) | a;
  return (
    ((state.held << 30) |
      (state.committed << 28) |
      (state.lease << 27) |
      (state.sends << 25) |
      (state.made0 << 24) |
      (state.made1 << 23) |
      (state.signing << 21) |
      (state.crashes << 20) |
      (state.reorgs << 19) |
      (state.ends << 17) |
      (state.announced << 16) |
      (state.resolved << 15) |
      (pair << 3) |
      state.proof) >>>
    0
  );
};

/** Nothing has happened; so many faults may. */
export const initial = (crashes: number, reorgs: number): State => ({ ...unpack(0, 0), crashes, reorgs });
