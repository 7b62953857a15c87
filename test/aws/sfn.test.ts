import { SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Workflows, workflowsOf } from '../../shared/aws/sfn.ts';
import { newJob } from '../functions/jobs.ts';
import { type Account, eventually, startAccount } from '../infra/conformance/local-account.ts';

let account: Account;
let client: SFNClient;
let brief: Workflows;
let lasting: Workflows;

beforeAll(async () => {
  const machine = (state: object) => ({
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      RoleArn: { 'Fn::GetAtt': ['Admin', 'Arn'] },
      Definition: { StartAt: 'Only', States: { Only: { ...state, End: true } } },
    },
  });
  account = await startAccount({
    Brief: machine({ Type: 'Pass' }),
    Lasting: machine({ Type: 'Wait', Seconds: 300 }),
  });
  client = new SFNClient(account.world.sdk('sfn'));
  brief = workflowsOf(account.world.resource('Brief').ref, client);
  lasting = workflowsOf(account.world.resource('Lasting').ref, client);
});
afterAll(async () => {
  client.destroy();
  await account.close();
});

const runs = (name: string) => account.world.executions().filter((execution) => execution.name === name);

test('a run has its name, and ids alone for input', async () => {
  const { jobId } = newJob();
  await lasting.start(`${jobId}-1`, { jobId });
  expect(runs(`${jobId}-1`)).toMatchObject([{ input: JSON.stringify({ jobId }), status: 'RUNNING' }]);
});

test('a run that is under way is not started again', async () => {
  const { jobId } = newJob();
  await lasting.start(`${jobId}-1`, { jobId });
  await lasting.start(`${jobId}-1`, { jobId });
  expect(runs(`${jobId}-1`)).toHaveLength(1);
});

test('a run that is over is not started again, and that is no error', async () => {
  const { jobId } = newJob();
  await brief.start(`${jobId}-1`, { jobId });
  await eventually(() => runs(`${jobId}-1`)[0]?.status === 'SUCCEEDED');
  await brief.start(`${jobId}-1`, { jobId });
  await brief.start(`${jobId}-2`, { jobId });
  expect([runs(`${jobId}-1`).length, runs(`${jobId}-2`).length]).toEqual([1, 1]);
});

test('any other refusal is an error', async () => {
  const { jobId } = newJob();
  await expect(brief.start('no name at all', { jobId })).rejects.toMatchObject({ name: 'InvalidName' });
  const nowhere = workflowsOf(`${account.world.resource('Brief').ref}-gone`, client);
  await expect(nowhere.start(`${jobId}-1`, { jobId })).rejects.toMatchObject({
    name: 'StateMachineDoesNotExist',
  });
});
