import type { Timings } from '../../shared/core/timings.ts';

/** Names of the tasks, by which tests and histories know them. */
export const tasks = { poll: 'Poll', deliver: 'Deliver' } as const;

/** What a task says of the job, and what the workflow does about it; retrying would not change it. */
const answers = ['StillRunning', 'GenerationFailed', 'AssetUnavailable'];

/** Everything else says nothing about the job: a crash, a time-out, a throttle, a seller or a signer that is down. */
const retries = [
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

/**
 * The workflow of one submitted job as data (Amazon States Language, JSONPath). A picture takes two transitions:
 * poll finds it finished, deliver puts it in the bucket. A job that runs longer than one invocation goes through
 * the wait; so does a picture that could not be fetched, to the poll for a fresh URL. An end that was written is no failure of the
 * workflow. Whatever else fails, the sweeper finds the job overdue.
 * @param arns the functions, as the caller's world names them
 */
export const workflow = (arns: { poll: string; deliver: string }, timings: Timings) => ({
  Comment: 'Watches one paid job until its picture is in the bucket.',
  StartAt: tasks.poll,
  TimeoutSeconds: timings.workflowSeconds,
  States: {
    [tasks.poll]: {
      Type: 'Task',
      Resource: arns.poll,
      TimeoutSeconds: 70,
      ResultPath: null,
      Retry: retries,
      Catch: [
        { ErrorEquals: ['StillRunning'], ResultPath: null, Next: 'Wait' },
        { ErrorEquals: ['GenerationFailed'], ResultPath: null, Next: 'Ended' },
      ],
      Next: tasks.deliver,
    },
    Wait: { Type: 'Wait', Seconds: timings.waitSeconds, Next: tasks.poll },
    [tasks.deliver]: {
      Type: 'Task',
      Resource: arns.deliver,
      TimeoutSeconds: 70,
      ResultPath: null,
      Retry: retries,
      Catch: [{ ErrorEquals: ['AssetUnavailable'], ResultPath: null, Next: 'Wait' }],
      End: true,
    },
    Ended: { Type: 'Succeed' },
  },
});
