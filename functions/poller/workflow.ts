import { catalogue } from '../../shared/core/catalogue.ts';
import { runSecondsOf, type WorkflowKind } from '../../shared/core/job.ts';
import { runningNames } from '../../shared/core/polling.ts';
import type { Timings } from '../../shared/core/timings.ts';

/** Names of the tasks, by which tests and histories know them. */
export const tasks = { poll: 'Poll', deliver: 'Deliver' } as const;

const firstWait = 'FirstWait';

/** How long each function may take; the workflow gives it a little more. */
export const taskSeconds = { poll: 90, deliver: 300 } as const;
const graceSeconds = 10;

/** Everything else says nothing about the job: a crash, a time-out, a throttle, a seller or a signer that is down. */
const retries = (answers: readonly string[]) => [
  { ErrorEquals: answers, MaxAttempts: 0 },
  {
    ErrorEquals: ['States.ALL'],
    IntervalSeconds: 1,
    MaxAttempts: 6,
    BackoffRate: 2,
    MaxDelaySeconds: 20,
    JitterStrategy: 'FULL',
  },
];

/** As long as an express workflow may last. */
const expressSeconds = 300;

/** How long the longest run may take: that of the slowest model, and one delivery. */
const longestRunSeconds = (kind: WorkflowKind, timings: Timings): number =>
  kind === 'express'
    ? expressSeconds
    : Math.ceil(Math.max(...Object.keys(catalogue).map((offering) => runSecondsOf({ offering }, timings)))) +
      taskSeconds.deliver +
      graceSeconds;

/**
 * The workflow of one submitted job as data (Amazon States Language, JSONPath), the same for both kinds. It waits until
 * the first look is near, at no function's expense; poll finds the job finished, deliver puts its result in the bucket. A
 * job whose next look is far away leaves under the name of a wait, and comes back from it in time; a result that could
 * not be fetched goes to the poll for a fresh URL. An end
 * that was written is no failure of the workflow, nor is a run that took its time: the sweeper starts the next one, as
 * it does after whatever else fails.
 * @param arns the functions, as the caller's world names them
 */
export const workflow = (kind: WorkflowKind, arns: { poll: string; deliver: string }, timings: Timings) => {
  const waits = runningNames(timings).map((running) => ({
    ...running,
    state: running.name.replace('StillRunning', 'Wait'),
  }));
  const answers = [...waits.map(({ name }) => name), 'GenerationFailed', 'RunOver', 'AssetUnavailable'];
  const task = {
    Type: 'Task',
    Parameters: { 'jobId.$': '$.jobId', 'startedAt.$': '$$.Execution.StartTime' },
    ResultPath: null,
    Retry: retries(answers),
  };
  return {
    Comment: 'Watches one paid job until its result is in the bucket.',
    StartAt: firstWait,
    TimeoutSeconds: longestRunSeconds(kind, timings),
    States: {
      [firstWait]: { Type: 'Wait', SecondsPath: '$.waitSeconds', Next: tasks.poll },
      [tasks.poll]: {
        ...task,
        Resource: arns.poll,
        TimeoutSeconds: taskSeconds.poll + graceSeconds,
        Catch: [
          ...waits.map(({ name, state }) => ({ ErrorEquals: [name], ResultPath: null, Next: state })),
          { ErrorEquals: ['GenerationFailed', 'RunOver'], ResultPath: null, Next: 'Ended' },
        ],
        Next: tasks.deliver,
      },
      ...Object.fromEntries(
        waits.map(({ state, seconds }) => [state, { Type: 'Wait', Seconds: seconds, Next: tasks.poll }]),
      ),
      [tasks.deliver]: {
        ...task,
        Resource: arns.deliver,
        TimeoutSeconds: taskSeconds.deliver + graceSeconds,
        Catch: [{ ErrorEquals: ['AssetUnavailable'], ResultPath: null, Next: 'Wait' }],
        End: true,
      },
      Ended: { Type: 'Succeed' },
    },
  };
};
