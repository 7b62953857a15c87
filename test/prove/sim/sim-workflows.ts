import { workflow } from '../../../functions/poller/workflow.ts';
import type { Workflows } from '../../../shared/aws/sfn.ts';
import type { WorkflowInput } from '../../../shared/contracts/workflow.ts';
import type { WorkflowKind } from '../../../shared/core/job.ts';
import type { Timings } from '../../../shared/core/timings.ts';
import type { Ending } from './invocation.ts';
import { nothing, type Timeline } from './timeline.ts';

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Seconds?: number;
  readonly SecondsPath?: string;
  readonly Next?: string;
  readonly Retry?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly MaxAttempts: number;
    readonly IntervalSeconds?: number;
    readonly BackoffRate?: number;
    readonly MaxDelaySeconds?: number;
  }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
}

/** What each task is given: the workflow's input, and when its run began. */
export interface TaskInput {
  readonly jobId: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
}

export interface WorkflowWhims {
  /** Whether a task, or an express run, is run twice, as at-least-once allows. */
  twice(): boolean;
  /** Seconds after which somebody aborts the execution; undefined as a rule. */
  abortsAfter(): number | undefined;
}

export interface SimWorkflows extends Workflows {
  /** Inputs of all executions by name: histories can be read for ninety days. */
  readonly executions: ReadonlyMap<string, string>;
}

/**
 * Runs the deployment's own state machine: retries, catches, waits and time-outs as its definition has them.
 * @param task begins an invocation of a task's function
 */
export function openWorkflows(
  timeline: Timeline,
  timings: Timings,
  whims: WorkflowWhims,
  task: (resource: string, input: TaskInput, ended: (ending: Ending) => void) => void,
): SimWorkflows {
  const arns = { poll: 'poll', deliver: 'deliver' };
  const definitions = {
    express: workflow('express', arns, timings),
    standard: workflow('standard', arns, timings),
  };
  const executions = new Map<string, string>();

  const errorOf = (ending: Ending): string | undefined => {
    if (ending.how === 'done') return undefined;
    return ending.how === 'failed'
      ? ending.error.name
      : ending.how === 'killed'
        ? 'Lambda.Unknown'
        : 'States.Timeout';
  };

  function once(state: State, input: TaskInput): Promise<string | undefined> {
    return new Promise((resolve) => {
      const { Resource = '', TimeoutSeconds = 60 } = state;
      let isOver = false;
      const over = (error: string | undefined): void => {
        isOver = true;
        resolve(error);
      };
      timeline.after(TimeoutSeconds * 1000, () => (isOver ? nothing : over('States.Timeout')));
      task(Resource, input, (ending) => over(errorOf(ending)));
      if (whims.twice()) task(Resource, input, () => {});
    });
  }

  /** @returns the error that is left when no retry is */
  async function attempt(state: State, input: TaskInput, isOpen: () => boolean): Promise<string | undefined> {
    const attempts = new Map<unknown, number>();
    for (;;) {
      const error = await once(state, input);
      if (error === undefined || !isOpen()) return error;
      const matches = (names: readonly string[]) => names.includes(error) || names.includes('States.ALL');
      const retrier = state.Retry?.find(({ ErrorEquals }) => matches(ErrorEquals));
      const tries = attempts.get(retrier) ?? 0;
      if (!retrier || tries >= retrier.MaxAttempts) return error;
      attempts.set(retrier, tries + 1);
      const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = 60 } = retrier;
      await timeline.sleep(Math.min(IntervalSeconds * BackoffRate ** tries, MaxDelaySeconds) * 500);
    }
  }

  async function run(kind: WorkflowKind, { jobId, waitSeconds }: WorkflowInput): Promise<void> {
    const definition = definitions[kind];
    const states = definition.States as Readonly<Record<string, State>>;
    const startedAt = timeline.now;
    const aborts = whims.abortsAfter() ?? Number.POSITIVE_INFINITY;
    const endsAt = timeline.now + Math.min(aborts, definition.TimeoutSeconds) * 1000;
    const isOpen = () => timeline.now < endsAt;
    for (let name: string | undefined = definition.StartAt; name !== undefined && isOpen(); ) {
      const state: State | undefined = states[name];
      if (!state || state.Type === 'Succeed') return;
      if (state.Type === 'Wait') {
        await timeline.sleep((state.SecondsPath === undefined ? (state.Seconds ?? 0) : waitSeconds) * 1000);
        name = state.Next;
        continue;
      }
      const error = await attempt(state, { jobId, startedAt }, isOpen);
      const caught = state.Catch?.find(
        ({ ErrorEquals }) => error !== undefined && ErrorEquals.includes(error),
      );
      name = error === undefined ? state.Next : caught?.Next;
    }
  }

  return {
    executions,
    async start(kind, name, input) {
      if (kind === 'standard' && executions.has(name)) return;
      executions.set(name, JSON.stringify(input));
      void run(kind, input);
      if (kind === 'express' && whims.twice()) void run(kind, input);
    },
  };
}
