import { type Design, deadlineOf, limit, mostSends, windowTicks } from './design.ts';
import type { Rule } from './rule.ts';
import { does, generationOf, money, type State, signing, type Worker } from './state.ts';
import { is, isEnd, moved } from './transitions.ts';
import { end, ended, idle, isDoubtful, mayOweResolution, mayWrite, wrote } from './worker-writes.ts';

/** Everything that one of the payer's or the poller's processes does, each write and each effect a step of its own. */
export function workerRules(me: Worker): Rule[] {
  const rule = (name: string, steps: Rule['steps']): Rule => ({
    name: `a worker ${name}`,
    fair: true,
    steps,
  });
  const reading = (
    name: string,
    when: (state: State, design: Design) => boolean,
    steps: Rule['steps'],
  ): Rule =>
    rule(name, (state, design, emit) => {
      if (state[me.does] === does.read && mayWrite(state, me, design) && when(state, design))
        steps(state, design, emit);
    });
  const holding = (what: number, name: string, steps: Rule['steps']): Rule =>
    rule(name, (state, design, emit) => {
      if (state[me.does] === what) steps(state, design, emit);
    });

  return [
    rule('reads the job', (state, _design, emit) => {
      const isOver = isEnd(state.status) && state.announced === 1 && !mayOweResolution(state);
      if (state[me.does] === does.nothing && !isOver) emit({ ...state, [me.does]: does.read, [me.fresh]: 1 });
    }),
    rule('has read what no longer stands', (state, _design, emit) => {
      if (state[me.does] === does.read && state[me.fresh] === 0) emit(idle(state, me));
    }),
    reading(
      'reserves',
      ({ status, wall, held, committed, signing: on }, { bounds }) =>
        (status === is.accepted || status === is.reserved) &&
        on !== signing.stopped &&
        wall + windowTicks <= bounds.lastTick &&
        held + committed + (status === is.accepted ? 1 : 0) <= limit,
      (state, _design, emit) => {
        const { money: row, validBefore } = generationOf(state.generation);
        const isNew = state[row] === money.none;
        emit(
          wrote(state, me, {
            status: moved.reserved[state.status] ?? -1,
            [row]: money.held,
            [validBefore]: state.wall + windowTicks,
            held: state.held + (isNew ? 1 : 0),
            sends: 0,
          }),
        );
      },
    ),
    reading(
      'refuses',
      ({ status }) => moved.refused[status] === is.refused,
      (state, design, emit) => end(state, me, design, 'refused', emit),
    ),
    reading(
      'signs',
      ({ status }) => status === is.reserved,
      (state, { wrong }, emit) => {
        const looked = wrong.looksAtSwitchBeforehand && state.signing === signing.stopped;
        if (!looked) emit({ ...state, [me.does]: does.signed, [me.generation]: state.generation });
      },
    ),
    holding(does.signed, 'stores what it signed, with leave to send it', (state, design, emit) => {
      const { money: row, left } = generationOf(state[me.generation]);
      const { wrong } = design;
      if (wrong.sendsBeforeWriting)
        emit({ ...state, [left]: 1 }, state[row] === money.live ? undefined : 'I3 sent before it was stored');
      const isStopped = state.signing === signing.stopped;
      const applies = state[row] === money.held && (moved.authorized[state.status] ?? -1) >= 0;
      const isUnguarded = wrong.writesWithoutCondition === true;
      const goesOn =
        mayWrite(state, me, design) &&
        (applies || isUnguarded) &&
        (!isStopped || wrong.looksAtSwitchBeforehand === true);
      if (!goesOn) return emit(idle(state, me));
      const next = wrote(state, me, {
        status: is.authorized,
        [row]: money.live,
        sends: 1,
        lease: 1,
        [me.does]: does.permitted,
      });
      if (isEnd(state.status)) return emit(next, 'I4 an end was overwritten');
      emit(next, isStopped ? 'I9 leave to send while signing is stopped' : undefined);
    }),
    reading(
      'writes leave to send the same bytes again',
      (state) =>
        isDoubtful(state.status) &&
        state.lease === 0 &&
        state.sends < mostSends &&
        state.signing !== signing.stopped &&
        state[generationOf(state.generation).money] === money.live &&
        state.wall < state[generationOf(state.generation).validBefore],
      (state, _design, emit) =>
        emit(
          wrote(state, me, {
            sends: state.sends + 1,
            lease: 1,
            [me.does]: does.permitted,
            [me.generation]: state.generation,
          }),
        ),
    ),
    holding(does.permitted, 'sends', (state, _design, emit) => {
      const { money: row, left } = generationOf(state[me.generation]);
      const isStored = state[row] !== money.none && state[row] !== money.held;
      emit(
        { ...state, [me.does]: does.sending, [left]: 1 },
        isStored ? undefined : 'I3 sent before it was stored',
      );
    }),
    holding(does.sending, 'gets no answer', (state, _design, emit) =>
      emit({ ...state, [me.does]: does.noJobId }),
    ),
    holding(does.jobId, 'records the job id', (state, _design, emit) => {
      const to = moved.submitted[state.status] ?? -1;
      const isLateForSecond = state[me.generation] < state.generation && state.status < is.authorized;
      if (to === is.submitted) emit(wrote(state, me, { status: to, lease: 0 }));
      // A second generation that was not signed yet is not needed: the first has brought a picture after all.
      else if (isLateForSecond) emit(wrote(state, me, { ...ended(state, is.submitted), ends: state.ends }));
      else emit(idle(state, me));
    }),
    holding(does.noJobId, 'records that there is no job id', (state, design, emit) => {
      const { wrong, bounds } = design;
      const isFenced = mayWrite(state, me, design) || wrong.doubtsWithoutFence === true;
      const applies = (moved.unsettled[state.status] ?? -1) >= 0;
      const isMuddled = wrong.doubtsWithoutFence === true && state.status === is.reserved;
      if (!isFenced || (!applies && !isMuddled)) return emit(idle(state, me));
      if (wrong.signsAnewOn402 && state.generation === 0 && bounds.generations === 2)
        emit(wrote(state, me, { status: is.accepted, generation: 1, sends: 0, lease: 0 }));
      const held = wrong.releasesOnTimeout ? Math.max(state.held - 1, 0) : state.held;
      emit(wrote(state, me, { status: is.unsettled, lease: 0, held }));
    }),
    reading(
      'finds the job in the list',
      (state) =>
        isDoubtful(state.status) && state.lease === 0 && state[generationOf(state.generation).made] === 1,
      (state, _design, emit) =>
        emit({ ...state, [me.does]: does.jobId, [me.fresh]: 0, [me.generation]: state.generation }),
    ),
    reading(
      'looks at the job',
      ({ status }) => status === is.submitted,
      (state, _design, emit) => {
        emit({ ...state, [me.does]: does.picture, [me.fresh]: 0 });
        emit({ ...state, [me.does]: does.failure, [me.fresh]: 0 });
      },
    ),
    holding(does.picture, 'records the picture', (state, design, emit) =>
      end(state, me, design, 'delivered', emit),
    ),
    holding(does.failure, 'records that there is none', (state, design, emit) => {
      if (isDoubtful(state.status) && !design.wrong.endsWithoutGuard) emit(idle(state, me));
      else end(state, me, design, 'undelivered', emit);
    }),
    reading(
      'ends it at the deadline',
      ({ status, wall, lease }, { bounds }) => !isEnd(status) && wall >= deadlineOf(bounds) && lease === 0,
      (state, design, emit) => {
        const isSettled = state[generationOf(state.generation).money] === money.settled;
        const isUnsigned = state.status < is.authorized;
        end(state, me, design, isUnsigned ? 'refused' : isSettled ? 'undelivered' : 'unresolved', emit);
      },
    ),
    reading(
      'announces the end',
      ({ status, announced }) => isEnd(status) && announced === 0,
      (state, _design, emit) => emit({ ...state, [me.does]: does.announced, [me.fresh]: 0 }),
    ),
    holding(does.announced, 'records the announcement', (state, _design, emit) =>
      emit(state.announced === 1 ? idle(state, me) : wrote(state, me, { announced: 1 })),
    ),
    reading(
      'announces what became of the money',
      (state) => state.announced === 1 && mayOweResolution(state),
      (state, _design, emit) => emit(wrote(state, me, { resolved: 1 })),
    ),
  ];
}
