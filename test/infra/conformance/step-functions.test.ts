import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Account, eventually, startAccount } from './local-account.ts';

const TASK = { 'Fn::GetAtt': ['Task', 'Arn'] };

const SOURCE = `
let tries = 0;
class SellerUnavailable extends Error { name = 'SellerUnavailable'; }
export const handler = async ({ mode, ...rest }) => {
  if (mode === 'flaky') { tries += 1; if (tries < 3) throw new SellerUnavailable('try ' + tries); return { tries }; }
  if (mode === 'broken') throw Object.assign(new Error('gone'), { name: 'GenerationFailed' });
  if (mode === 'slow') { await new Promise((done) => setTimeout(done, 4000)); }
  return { echoed: rest };
};`;

function machine(definition: object) {
  return {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: { RoleArn: { 'Fn::GetAtt': ['Admin', 'Arn'] }, Definition: definition },
  };
}

const RETRY = [{ ErrorEquals: ['SellerUnavailable'], IntervalSeconds: 1, BackoffRate: 1, MaxAttempts: 3 }];
const INVOKE = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke' };
const withPayload = (mode: string) => ({ FunctionName: TASK, Payload: { mode, 'id.$': '$.id' } });

let account: Account;
let sfn: SFNClient;

beforeAll(async () => {
  account = await startAccount(
    {
      Retries: machine({
        StartAt: 'Pause',
        States: {
          Pause: { Type: 'Wait', SecondsPath: '$.wait', Next: 'Try' },
          Try: {
            ...INVOKE,
            Parameters: withPayload('flaky'),
            Retry: RETRY,
            OutputPath: '$.Payload',
            End: true,
          },
        },
      }),
      Catches: machine({
        StartAt: 'Try',
        States: {
          Try: {
            ...INVOKE,
            Parameters: withPayload('broken'),
            Catch: [{ ErrorEquals: ['GenerationFailed'], ResultPath: '$.failure', Next: 'After' }],
            End: true,
          },
          After: { Type: 'Pass', End: true },
        },
      }),
      Slow: machine({
        StartAt: 'Direct',
        States: {
          Direct: {
            Type: 'Task',
            Resource: TASK,
            TimeoutSeconds: 1,
            Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Late' }],
            End: true,
          },
          Late: { Type: 'Fail', Error: 'TooLate', Cause: 'the task took over a second' },
        },
      }),
      Limited: machine({
        TimeoutSeconds: 1,
        StartAt: 'Long',
        States: { Long: { Type: 'Wait', Seconds: 30, End: true } },
      }),
    },
    { Task: SOURCE },
  );
  sfn = new SFNClient(account.world.sdk('sfn'));
});

afterAll(async () => {
  sfn.destroy();
  await account.close();
});

async function run(name: string, input: object) {
  const stateMachineArn = account.world.resource(name).ref;
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
  );
  await eventually(
    () => account.world.executions().find((e) => e.executionArn === executionArn)?.status !== 'RUNNING',
  );
  return sfn.send(new DescribeExecutionCommand({ executionArn }));
}

test('Wait, then Retry by the error’s own name until the task succeeds', async () => {
  const started = Date.now();
  const done = await run('Retries', { id: 'j-1', wait: 1 });
  expect(done).toMatchObject({ status: 'SUCCEEDED', output: JSON.stringify({ tries: 3 }) });
  expect(Date.now() - started).toBeGreaterThanOrEqual(2900);
  const history =
    account.world
      .executions()
      .at(-1)
      ?.history.map((event) => event.type) ?? [];
  expect(history.filter((type) => type === 'StateRetried')).toHaveLength(2);
});

test('Catch puts name and cause beside the input', async () => {
  const done = await run('Catches', { id: 'j-2' });
  const output = JSON.parse(done.output ?? '{}');
  expect(output).toMatchObject({ id: 'j-2', failure: { Error: 'GenerationFailed' } });
  expect(JSON.parse(output.failure.Cause)).toMatchObject({
    errorType: 'GenerationFailed',
    errorMessage: 'gone',
  });
});

test('a task’s TimeoutSeconds is States.Timeout, a machine’s is TIMED_OUT', async () => {
  const [task, whole] = await Promise.all([run('Slow', { mode: 'slow' }), run('Limited', {})]);
  expect(task).toMatchObject({ status: 'FAILED', error: 'TooLate' });
  expect(whole.status).toBe('TIMED_OUT');
});

test('an execution’s name is its idempotency key', async () => {
  const stateMachineArn = account.world.resource('Limited').ref;
  const start = (input: string) =>
    sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'job-1', input }));
  const first = await start('{"a":1}');
  expect((await start('{"a":1}')).executionArn).toBe(first.executionArn);
  await expect(start('{"a":2}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  await eventually(() => account.world.executions().find((e) => e.name === 'job-1')?.status === 'TIMED_OUT');
  await expect(start('{"a":1}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  const { executions } = await sfn.send(
    new ListExecutionsCommand({ stateMachineArn, statusFilter: 'TIMED_OUT' }),
  );
  expect(executions?.map((execution) => execution.name)).toContain('job-1');
});

test('what the interpreter would run wrong does not start', async () => {
  const wrong: Record<string, object> = {
    JSONata: { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Succeed' } } },
    variables: { StartAt: 'A', States: { A: { Type: 'Pass', Assign: { x: 1 }, End: true } } },
    waitForTaskToken: {
      StartAt: 'A',
      States: { A: { ...INVOKE, Resource: `${INVOKE.Resource}.waitForTaskToken`, End: true } },
    },
    'sqs:sendMessage': {
      StartAt: 'A',
      States: { A: { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage', End: true } },
    },
  };
  for (const [word, definition] of Object.entries(wrong)) {
    await expect(startAccount({ Wrong: machine(definition) })).rejects.toThrow(word);
  }
  await expect(sfn.send(new SendTaskSuccessCommand({ taskToken: 't', output: '{}' }))).rejects.toThrow(
    /SendTaskSuccess/,
  );
});
