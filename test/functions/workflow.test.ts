import { describe, expect, test } from 'vitest';
import { poll } from '../../functions/poller/poll.ts';
import { taskSeconds, tasks, workflow } from '../../functions/poller/workflow.ts';
import { catalogue, offeringOf } from '../../shared/core/catalogue.ts';
import { acceptedJob } from '../../shared/core/evolve.ts';
import { deadlineSecondsOf, runSecondsOf } from '../../shared/core/job.ts';
import { longestSitSeconds, scaledPolling, workflowWaitSeconds } from '../../shared/core/polling.ts';
import { openBooth } from './booth.ts';
import { at, happened, jobAfter, newJob, start, timings } from './jobs.ts';

const arns = { poll: 'arn:poll', deliver: 'arn:deliver' };
/** Both kinds are the same but for how long a run may last. */
const machine = workflow('standard', arns, timings);

interface State {
  readonly Type: string;
  readonly Seconds?: number;
  readonly SecondsPath?: string;
  readonly Next?: string;
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
}
const states: Readonly<Record<string, State>> = machine.States;

interface Walk {
  readonly clock: { now: number };
  /** Of the run's input. */
  readonly waitSeconds: number;
}

/** What one state of the walk comes to: nothing, or the name of an error. */
type Task = () => Promise<string | undefined>;

/** One state: what comes after it. */
async function step({ clock, waitSeconds }: Walk, name: string, task?: Task): Promise<string | undefined> {
  const state = states[name];
  if (!state) throw new Error(`There is no state ${name}.`);
  clock.now += 200 + (state.SecondsPath === '$.waitSeconds' ? waitSeconds : (state.Seconds ?? 0)) * 1000;
  const error = await task?.();
  if (error === undefined) return state.Next;
  const caught = state.Catch?.find(({ ErrorEquals }) => ErrorEquals.includes(error));
  if (!caught) throw new Error(`Nobody catches ${error} at ${name}.`);
  return caught.Next;
}

/** Walks the machine as Step Functions would, a fifth of a second for each state. */
async function walk(way: Walk, task: Record<string, Task>): Promise<string[]> {
  const visited: string[] = [];
  let next: string | undefined = machine.StartAt;
  while (next !== undefined) {
    visited.push(next);
    if (visited.length > 2_000) throw new Error('The walk comes to no end.');
    next = await step(way, next, task[next]);
  }
  return visited;
}

/** A job of an offering that the seller finishes so many seconds after it took it, watched by the real poll. */
async function watch(offering: string, finishedSeconds: number) {
  const booth = openBooth();
  const { jobId } = newJob();
  const job = acceptedJob(
    { jobId, caller: 'AIDA', offering, body: '{"prompt":"a kite"}', now: start },
    timings,
  );
  const paid = jobAfter(job, happened.reserved(job), happened.authorized());
  const watched = jobAfter(paid, happened.submitted(), happened.workflowStarted());
  booth.ledger.put(watched);
  booth.clock.now = at(4);
  const looks: number[] = [];
  booth.seller.sighting = () => {
    const seconds = (booth.clock.now - at(3)) / 1000;
    looks.push(seconds);
    return seconds >= finishedSeconds
      ? { state: 'complete', url: 'https://pictures.test/a' }
      : { state: 'running' };
  };
  const polling = offeringOf(offering)?.polling;
  if (!polling) throw new Error(`There is no ${offering}.`);
  const waitSeconds = workflowWaitSeconds(scaledPolling(polling, timings), 1);
  const visited = await walk(
    { clock: booth.clock, waitSeconds },
    {
      [tasks.poll]: () => {
        const endsAt = booth.clock.now + taskSeconds.poll * 1000;
        return poll(booth.process().ports, jobId, { startedAt: at(4), endsAt }).then(
          () => undefined,
          ({ name }: Error) => name,
        );
      },
    },
  );
  return { visited, looks, seconds: (booth.clock.now - at(3)) / 1000 };
}

const entries = Object.entries(catalogue);

describe.each(entries)('%s', (offering, { typicalSeconds, polling, deadlineSeconds }) => {
  test('is seen soon after it is finished, by few looks and transitions', async () => {
    const { visited, looks, seconds } = await watch(offering, typicalSeconds);
    expect(visited.at(-1)).toBe(tasks.deliver);
    // What takes minutes is left and come back to, for two more each time, where looks are far from one another.
    const isShort = polling.stepSeconds <= longestSitSeconds;
    if (isShort) expect(visited).toEqual(['FirstWait', 'Poll', 'Deliver']);
    expect(visited.length).toBeLessThanOrEqual(1 + 2 * looks.length);
    expect(looks.length).toBeLessThanOrEqual(6);
    expect(seconds - typicalSeconds).toBeLessThan(Math.max(0.3 * typicalSeconds, 2));
  });

  test('is not looked at before its time, nor long after a run is over', async () => {
    const { visited, looks, seconds } = await watch(offering, Number.POSITIVE_INFINITY);
    expect(visited.at(-1)).toBe('Ended');
    expect(looks[0]).toBeGreaterThanOrEqual(polling.firstSeconds);
    const runSeconds = runSecondsOf({ offering }, timings);
    expect(seconds).toBeLessThan(runSeconds + 5);
    expect(looks.at(-1)).toBeGreaterThan(runSeconds - 200);
  });

  test('has a run that fits into the machine, and a deadline that is its own', () => {
    expect(machine.TimeoutSeconds).toBeGreaterThanOrEqual(
      runSecondsOf({ offering }, timings) + taskSeconds.deliver,
    );
    expect(deadlineSecondsOf(newJob({ offering }), timings)).toBe(deadlineSeconds);
  });
});

test('a result that cannot be had goes back to the poll for a fresh address, after a short wait', async () => {
  const answers = ['AssetUnavailable', undefined];
  const visited = await walk(
    { clock: { now: 0 }, waitSeconds: 0 },
    { [tasks.poll]: async () => undefined, [tasks.deliver]: async () => answers.shift() },
  );
  expect(visited).toEqual(['FirstWait', 'Poll', 'Deliver', 'Wait', 'Poll', 'Deliver']);
});

test.each(['GenerationFailed', 'RunOver'])('%s ends the run without a failure', async (name) => {
  const way = { clock: { now: 0 }, waitSeconds: 0 };
  expect(await walk(way, { [tasks.poll]: async () => name })).toEqual(['FirstWait', 'Poll', 'Ended']);
});

test('every state that is named is there, and every answer is an answer, not to be retried', () => {
  const named = Object.values(states).flatMap(({ Next, Catch = [] }) => [
    ...(Next === undefined ? [] : [Next]),
    ...Catch.map((caught) => caught.Next),
  ]);
  for (const name of named) expect(Object.keys(states)).toContain(name);
  const caught = Object.values(states).flatMap(({ Catch = [] }) => Catch.flatMap((one) => one.ErrorEquals));
  for (const name of caught)
    expect(machine.States.Poll.Retry[0]).toMatchObject({
      MaxAttempts: 0,
      ErrorEquals: expect.arrayContaining([name]),
    });
});
