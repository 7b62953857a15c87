import { randomUUID } from 'node:crypto';
import { AwsError } from './aws-error.ts';
import type { Place } from './call.ts';
import type { Execution, LocalStateMachine } from './executions.ts';
import type { JsonService } from './json-endpoint.ts';

type Json = Record<string, unknown>;

export type StepFunctions = {
  readonly service: JsonService;
  readonly executions: readonly Execution[];
  add(machine: LocalStateMachine): void;
  /** Aborts what runs and waits for it. */
  close(): Promise<void>;
};

const MAX_INPUT_BYTES = 262_144;

function startAnswer(execution: Execution): Json {
  return { executionArn: execution.executionArn, startDate: execution.startedAt / 1000 };
}

function summaryOf(execution: Execution): Json {
  return {
    executionArn: execution.executionArn,
    stateMachineArn: execution.stateMachineArn,
    name: execution.name,
    status: execution.status,
    startDate: execution.startedAt / 1000,
    ...(execution.stoppedAt === undefined ? {} : { stopDate: execution.stoppedAt / 1000 }),
  };
}

/**
 * The Step Functions API: StartExecution, and of standard workflows DescribeExecution, StopExecution, ListExecutions.
 *
 * StartExecution of a standard workflow is idempotent as the service is: the same name and input while the execution
 * runs answers that execution; another input, or a closed one, is `ExecutionAlreadyExists`. One of an express workflow
 * always starts another, which no other operation knows.
 */
export function createStepFunctions(place: Place): StepFunctions {
  const machines = new Map<string, LocalStateMachine>();
  const executions: Execution[] = [];
  const running = new Map<string, { abort(): void; ended: Promise<void> }>();

  function machineOf(arn: unknown): LocalStateMachine {
    const machine = machines.get(String(arn));
    if (machine !== undefined) return machine;
    throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${String(arn)}'`);
  }

  function standardOnly(arn: string): void {
    if (machineOf(arn).type !== 'EXPRESS') return;
    throw new AwsError(
      'StateMachineTypeNotSupported',
      `This operation is not supported by this type of state machine: '${arn}'`,
    );
  }

  function executionOf(arn: unknown): Execution {
    const execution = executions.find((candidate) => candidate.executionArn === arn);
    if (execution !== undefined) {
      standardOnly(execution.stateMachineArn);
      return execution;
    }
    throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${String(arn)}'`);
  }

  function start(input: Json): Json {
    const machine = machineOf(input.stateMachineArn);
    const name = String(input.name ?? randomUUID());
    const text = String(input.input ?? '{}');
    if (!/^[\w-]{1,80}$/.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
    if (Buffer.byteLength(text) > MAX_INPUT_BYTES) {
      throw new AwsError('ValidationException', 'Input exceeds the maximum of 262144 bytes');
    }
    try {
      JSON.parse(text);
    } catch {
      throw new AwsError(
        'InvalidExecutionInput',
        `Invalid State Machine Execution Input: '${text.slice(0, 100)}'`,
      );
    }
    const isExpress = machine.type === 'EXPRESS';
    const resource = isExpress
      ? `express:${machine.name}:${name}:${randomUUID()}`
      : `execution:${machine.name}:${name}`;
    const executionArn = `arn:aws:states:${place.region}:${place.accountId}:${resource}`;
    const earlier = executions.find((candidate) => candidate.executionArn === executionArn);
    if (earlier !== undefined) {
      if (earlier.status === 'RUNNING' && earlier.input === text) return startAnswer(earlier);
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
    }
    const execution: Execution = {
      executionArn,
      stateMachineArn: machine.arn,
      name,
      input: text,
      startedAt: Date.now(),
      status: 'RUNNING',
      history: [],
    };
    executions.push(execution);
    const run = machine.start(execution);
    running.set(executionArn, run);
    void run.ended.finally(() => running.delete(executionArn));
    return startAnswer(execution);
  }

  const operations: JsonService['operations'] = {
    StartExecution: start,
    DescribeExecution: (input) => {
      const execution = executionOf(input.executionArn);
      const { output, error, cause } = execution;
      return { ...summaryOf(execution), input: execution.input, output, error, cause };
    },
    async StopExecution(input) {
      const execution = executionOf(input.executionArn);
      const run = running.get(execution.executionArn);
      run?.abort();
      await run?.ended;
      return { stopDate: (execution.stoppedAt ?? Date.now()) / 1000 };
    },
    ListExecutions: (input) => {
      const machine = machineOf(input.stateMachineArn);
      standardOnly(machine.arn);
      const wanted = executions.filter(
        (execution) =>
          execution.stateMachineArn === machine.arn &&
          (input.statusFilter === undefined || execution.status === input.statusFilter),
      );
      return { executions: wanted.reverse().map(summaryOf) };
    },
  };

  return {
    service: { name: 'states', target: 'AWSStepFunctions', operations },
    executions,
    add: (machine) => machines.set(machine.arn, machine),
    async close() {
      const ends = [...running.values()];
      for (const run of ends) run.abort();
      await Promise.all(ends.map((run) => run.ended));
    },
  };
}
