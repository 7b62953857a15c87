import type { Rule } from './rule.ts';
import { chain, does, generationOf, type Worker } from './state.ts';

/** A seller may answer, make the job, or do both or neither: whoever posted hears of it or not. */
export const sellerRules = (me: Worker): Rule[] => [
  {
    name: 'a post is answered with a job id',
    fair: false,
    steps(state, _design, emit) {
      if (state[me.does] !== does.sending) return;
      const { made, chain: nonce } = generationOf(state[me.generation]);
      // Who has settled and made its job gives the same job for the same bytes.
      if (state[made] === 1 || state[nonce] !== chain.final)
        emit({ ...state, [made]: 1, [me.does]: does.jobId, [me.fresh]: 0 });
    },
  },
  {
    name: 'a post makes a job, and its answer is lost',
    fair: false,
    steps(state, _design, emit) {
      if (state[me.does] !== does.sending) return;
      emit({ ...state, [generationOf(state[me.generation]).made]: 1, [me.does]: does.noJobId });
    },
  },
];
