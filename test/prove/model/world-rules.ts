import type { Rule } from './rule.ts';
import { chain, does, generations, money, proof, type State, signing, workers } from './state.ts';
import { is, moved } from './transitions.ts';

const isPending = (state: State): boolean => state.chain0 === chain.seen || state.chain1 === chain.seen;

const rule = (name: string, fair: boolean, steps: Rule['steps']): Rule => ({ name, fair, steps });

/** The clock, the chain, whoever holds a signature, the operator, and what breaks. */
export const worldRules: readonly Rule[] = [
  rule('a tick passes', true, (state, { bounds }, emit) => {
    if (state.wall < bounds.lastTick) emit({ ...state, wall: state.wall + 1 });
  }),
  rule('the lease runs out', true, (state, _design, emit) => {
    if (state.lease === 1) emit({ ...state, lease: 0 });
  }),
  rule('a block comes', true, (state, _design, emit) => {
    if (state.latest < state.wall) emit({ ...state, latest: state.latest + 1 });
  }),
  rule('a block is final', true, (state, _design, emit) => {
    if (!isPending(state) && state.final < state.latest) emit({ ...state, final: state.final + 1 });
  }),
  rule('all blocks are final', true, (state, _design, emit) => {
    if (!isPending(state)) return;
    const next = { ...state, final: state.latest };
    for (const { chain: nonce } of generations) if (next[nonce] === chain.seen) next[nonce] = chain.final;
    emit(next);
  }),
  ...generations.map(({ chain: nonce, left, validBefore }, index) =>
    rule(`somebody settles generation ${index}`, false, (state, _design, emit) => {
      // The token's own rule: the nonce unused, and the block's time before the end of the window.
      if (state[left] === 1 && state[nonce] === chain.unused && state.latest < state[validBefore])
        emit({ ...state, [nonce]: chain.seen });
    }),
  ),
  rule('blocks that are not final are replaced', false, (state, _design, emit) => {
    if (state.reorgs === 0 || (state.latest === state.final && !isPending(state))) return;
    const next = { ...state, latest: state.final, reorgs: state.reorgs - 1 };
    for (const { chain: nonce } of generations) if (next[nonce] === chain.seen) next[nonce] = chain.unused;
    emit(next);
  }),
  rule('signing is stopped', false, (state, { bounds }, emit) => {
    if (bounds.switches && state.signing === signing.allowed) emit({ ...state, signing: signing.stopped });
  }),
  rule('signing is allowed again', false, (state, _design, emit) => {
    if (state.signing === signing.stopped) emit({ ...state, signing: signing.resumed });
  }),
  ...workers.map((worker) =>
    rule('a worker crashes', false, (state, _design, emit) => {
      if (state.crashes === 0 || state[worker.does] <= does.read) return;
      const lost = { [worker.does]: does.nothing, [worker.fresh]: 0, [worker.generation]: 0 };
      emit({ ...state, ...lost, crashes: state.crashes - 1 });
    }),
  ),
  rule('the reconciler crashes', false, (state, _design, emit) => {
    if (state.crashes > 0 && state.proof !== proof.none)
      emit({ ...state, proof: proof.none, crashes: state.crashes - 1 });
  }),
  ...generations.map(({ money: row, chain: nonce, validBefore }, index) =>
    rule(`the reconciler looks at generation ${index}`, true, (state, { wrong }, emit) => {
      if (state[row] !== money.live || state.proof !== proof.none) return;
      if (state[nonce] === chain.final) return emit({ ...state, proof: proof.settled + index });
      const at = wrong.provesDeathByWallClock
        ? state.wall
        : wrong.provesDeathByLatest
          ? state.latest
          : state.final;
      if (state[nonce] === chain.unused && at >= state[validBefore])
        emit({ ...state, proof: proof.dead + index });
    }),
  ),
  rule('the reconciler writes what it saw', true, (state, { bounds }, emit) => {
    if (state.proof === proof.none) return;
    const isDead = state.proof >= proof.dead;
    const index = state.proof - (isDead ? proof.dead : proof.settled);
    const { money: row } = index === 0 ? generations[0] : generations[1];
    const seen = { ...state, proof: proof.none };
    if (state[row] !== money.live) return emit(seen);
    const free = { ...seen, aFresh: 0, bFresh: 0, held: Math.max(state.held - 1, 0), lease: 0 };
    if (!isDead) return emit({ ...free, [row]: money.settled, committed: state.committed + 1 });
    const isCurrent = index === state.generation;
    const to = (isCurrent ? moved.dead[state.status] : undefined) ?? -1;
    const ends = to === is.unpaid ? Math.min(state.ends + 1, 3) : state.ends;
    emit({ ...free, [row]: money.dead, ...(to >= 0 && { status: to, ends }) });
    // Opted in, and proven dead: one more may be signed.
    if (to === is.unpaid && index === 0 && bounds.generations === 2)
      emit({ ...free, [row]: money.dead, status: is.accepted, generation: 1, sends: 0 });
  }),
];
