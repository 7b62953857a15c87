import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { WorkflowInput } from '../contracts/workflow.ts';

export interface Workflows {
  /** Starts a run of the workflow under a name; a run of that name that is there already is the one we meant. */
  start(name: string, input: WorkflowInput): Promise<void>;
}

export const workflowsOf = (stateMachineArn: string, client = new SFNClient({})): Workflows => ({
  async start(name, input) {
    try {
      await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  },
});
