import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { DefinitionBody, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { workflow } from '../../functions/poller/workflow.ts';
import type { WorkflowKind } from '../../shared/core/job.ts';
import { acknowledge, acknowledgeWide } from './acknowledge.ts';
import type { Settings } from './settings.ts';

interface Parts {
  readonly poll: Lambda;
  readonly deliver: Lambda;
  readonly settings: Settings;
}

const whyNoLog: Readonly<Record<WorkflowKind, string>> = {
  express:
    'A run passes a job id and takes seconds; each function logs the id, and the ledger says how far the job came.',
  standard:
    'A run of the standard kind keeps its own history for ninety days; it passes job ids, which each function logs.',
};

/**
 * The two machines that watch a job from the seller's job id to its end, under one role that may invoke their tasks.
 * @returns their ARNs, by kind
 */
export function openWorkflows(
  scope: Construct,
  { poll, deliver, settings }: Parts,
): Readonly<Record<WorkflowKind, string>> {
  const watcher = new Role(scope, 'WorkflowRole', {
    assumedBy: new ServicePrincipal('states.amazonaws.com'),
  });
  const tasks = { poll: poll.functionArn, deliver: deliver.functionArn };
  watcher.addToPolicy(
    new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: Object.values(tasks) }),
  );
  const machineOf = (place: string, kind: WorkflowKind): string => {
    const definition = Stack.of(scope).toJsonString(workflow(kind, tasks, settings.timings));
    const machine = new StateMachine(scope, place, {
      stateMachineType: kind === 'express' ? StateMachineType.EXPRESS : StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(definition),
      role: watcher,
      ...(settings.tracing && { tracingEnabled: true }),
    });
    if (!settings.tracing)
      acknowledge(machine, 'SF2', 'Traces are a setting (tracing), since each one costs.');
    acknowledge(machine, 'SF1', whyNoLog[kind]);
    return machine.stateMachineArn;
  };
  const machines = {
    express: machineOf('ExpressWorkflow', 'express'),
    standard: machineOf('Workflow', 'standard'),
  };
  if (settings.tracing) acknowledgeWide(watcher, '*', 'X-Ray knows no narrower resource.');
  return machines;
}
