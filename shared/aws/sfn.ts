import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { WorkflowInput } from '../contracts/workflow.ts';
import type { WorkflowKind } from '../core/job.ts';

export interface Workflows {
  /**
   * Starts a run of the workflow under a name. A standard run of that name that is there already is the one we meant; an
   * express one is started once more, and two runs of it do what one does.
   */
  start(kind: WorkflowKind, name: string, input: WorkflowInput): Promise<void>;
}

/** @param arns of the state machine of each kind */
export const workflowsOf = (
  arns: Readonly<Record<WorkflowKind, string>>,
  client = new SFNClient({}),
): Workflows => ({
  async start(kind, name, input) {
    const stateMachineArn = arns[kind];
    try {
      await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  },
});
