import { SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Workflows, workflowsOf } from '../../shared/aws/sfn.ts';
import { newJob } from '../functions/jobs.ts';
import { type Account, eventually, startAccount } from '../infra/conformance/local-account.ts';

let account: Account;
let client: SFNClient;
/** One whose runs end at once, and one whose runs last. */
let brief: Workflows;
let lasting: Workflows;

beforeAll(async () => {
  const machine = (state: object, StateMachineType = 'STANDARD') => ({
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      StateMachineType,
      RoleArn: { 'Fn::GetAtt': ['Admin', 'Arn'] },
      Definition: { StartAt: 'Only', States: { Only: { ...state, End: true } } },
    },
  });
  account = await startAccount({
    Brief: machine({ Type: 'Pass' }),
    Lasting: machine({ Type: 'Wait', Seconds: 300 }),
    Express: machine({ Type: 'Wait', Seconds: 300 }, 'EXPRESS'),
  });
  client = new SFNClient(account.world.sdk('sfn'));
  const { ref: express } = account.world.resource('Express');
  brief = workflowsOf({ standard: account.world.resource('Brief').ref, express }, client);
  lasting = workflowsOf({ standard: account.world.resource('Lasting').ref, express }, client);
});
afterAll(async () => {
  client.destroy();
  await account.close();
});

const runs = (name: string) => account.world.executions().filter((execution) => execution.name === name);

test('a run has its name, and ids alone for input', async () => {
  const { jobId } = newJob();
  await lasting.start('standard', `${jobId}-1`, { jobId, waitSeconds: 0 });
  expect(runs(`${jobId}-1`)).toMatchObject([
    { input: JSON.stringify({ jobId, waitSeconds: 0 }), status: 'RUNNING' },
  ]);
});

test('a run that is under way is not started again', async () => {
  const { jobId } = newJob();
  await lasting.start('standard', `${jobId}-1`, { jobId, waitSeconds: 0 });
  await lasting.start('standard', `${jobId}-1`, { jobId, waitSeconds: 0 });
  expect(runs(`${jobId}-1`)).toHaveLength(1);
});

test('a run that is over is not started again, and that is no error', async () => {
  const { jobId } = newJob();
  await brief.start('standard', `${jobId}-1`, { jobId, waitSeconds: 0 });
  await eventually(() => runs(`${jobId}-1`)[0]?.status === 'SUCCEEDED');
  await brief.start('standard', `${jobId}-1`, { jobId, waitSeconds: 0 });
  await brief.start('standard', `${jobId}-2`, { jobId, waitSeconds: 0 });
  expect([runs(`${jobId}-1`).length, runs(`${jobId}-2`).length]).toEqual([1, 1]);
});

test('an express run goes to its own machine, and is started as often as it is asked for', async () => {
  const { jobId } = newJob();
  await lasting.start('express', `${jobId}-1`, { jobId, waitSeconds: 3 });
  await lasting.start('express', `${jobId}-1`, { jobId, waitSeconds: 3 });
  const express = account.world.resource('Express').ref;
  expect(runs(`${jobId}-1`)).toMatchObject([{ stateMachineArn: express }, { stateMachineArn: express }]);
});

test('any other refusal is an error', async () => {
  const { jobId } = newJob();
  await expect(brief.start('standard', 'no name at all', { jobId, waitSeconds: 0 })).rejects.toMatchObject({
    name: 'InvalidName',
  });
  const gone = `${account.world.resource('Brief').ref}-gone`;
  const nowhere = workflowsOf({ standard: gone, express: gone }, client);
  await expect(nowhere.start('standard', `${jobId}-1`, { jobId, waitSeconds: 0 })).rejects.toMatchObject({
    name: 'StateMachineDoesNotExist',
  });
});
