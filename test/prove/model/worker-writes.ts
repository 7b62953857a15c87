import type { Design } from './design.ts';
import type { Emit } from './rule.ts';
import { does, generationOf, money, type State, type Worker } from './state.ts';
import { type Event, is, moved } from './transitions.ts';

/** Another state, in which this worker has written the job: whatever anybody else read is out of date. */
export function wrote(state: State, me: Worker, change: Partial<State>): State {
  const next = { ...state, ...change, aFresh: 0, bFresh: 0 };
  if (change[me.does] === undefined) {
    next[me.does] = does.nothing;
    next[me.generation] = 0;
  } else next[me.fresh] = 1;
  return next;
}

export const idle = (state: State, me: Worker): State => ({
  ...state,
  [me.does]: does.nothing,
  [me.fresh]: 0,
  [me.generation]: 0,
});

/** What an end changes: the hold of what was reserved and never signed goes back with it. */
export function ended(state: State, to: number): Partial<State> {
  const { money: row } = generationOf(state.generation);
  const isHeld = state.status === is.reserved && state[row] === money.held;
  const released = isHeld && { [row]: money.dead, held: state.held - 1 };
  return { status: to, ends: Math.min(state.ends + 1, 3), lease: 0, ...released };
}

/** The same snapshot stands, or nobody asks. */
export const mayWrite = (state: State, me: Worker, { wrong }: Design): boolean =>
  state[me.fresh] === 1 || wrong.writesWithoutCondition === true;

export const isDoubtful = (status: number): boolean => status === is.authorized || status === is.unsettled;

/** Writes an end; one that is decided on what was read is fenced by it. */
export function end(state: State, me: Worker, design: Design, event: Event, emit: Emit): void {
  const isPaid = state[generationOf(state.generation).money] !== money.dead;
  const isFree = state.status === is.submitted && !isPaid && event !== 'delivered';
  const to = moved[isFree ? 'free' : event][state.status] ?? -1;
  if (to >= 0) emit(wrote(state, me, ended(state, to)));
  else if (design.wrong.endsWithoutGuard) emit(wrote(state, me, ended(state, is[event as 'delivered'])));
  else emit(idle(state, me));
}

/**
 * An end that may have been announced without knowing where its money was, which is known now. Whether the seller had
 * said so is not in the model: of what was delivered, or came to nothing, either may be.
 */
export function mayOweResolution(state: State): boolean {
  const mayHaveBeenOpen =
    state.status === is.unresolved || state.status === is.delivered || state.status === is.undelivered;
  return mayHaveBeenOpen && state.resolved === 0 && state[generationOf(state.generation).money] > money.live;
}
