import { limit } from './design.ts';
import { chain, generations, money, type State } from './state.ts';
import { is, isEnd } from './transitions.ts';

/**
 * What must hold after every step. I3 and I9 are about a step, not a state: the rules themselves say
 * when one is broken.
 * @returns the first that does not hold
 */
export function broken(state: State): string | undefined {
  let settled = 0;
  let open = 0;
  for (const { chain: nonce, left, validBefore } of generations) {
    if (state[nonce] !== chain.unused) settled += 1;
    // Until a final block is past the window, a block can still come, or come back, in which it settles.
    else if (state[left] === 1 && state.final < state[validBefore]) open += 1;
  }
  const { held, committed, ends, status, announced } = state;
  if (settled > 1) return 'I1 two authorizations of one job are settled';
  if (settled + open > held + committed) return 'I2 more can be spent than is held';
  if (held + committed > limit) return 'I2 more is held than there is';
  if (ends > 1) return 'I4 a second end was written';
  if (ends !== (isEnd(status) ? 1 : 0)) return 'I4 an end did not last';
  if (announced === 1 && ends === 0) return 'I4 announced without an end';
  if (state.generation === 1 && state.money0 !== money.dead)
    return 'I7 a second generation beside a living one';
  const saysUnspent = status === is.refused || status === is.unpaid;
  if (saysUnspent && settled + open > 0) return 'I5 an end says that nothing was spent, and it can be';
  return undefined;
}

/** Nothing is owed any more: one end, announced, and every signed authorization settled or dead. */
export function isOver(state: State): boolean {
  if (!isEnd(state.status) || state.announced === 0) return false;
  for (const { money: row } of generations)
    if (state[row] === money.held || state[row] === money.live) return false;
  // A second generation that was never begun owes nobody anything.
  const isNever = state.generation === 1 && state.money1 === money.none;
  return state.status !== is.unresolved || state.resolved === 1 || isNever;
}
