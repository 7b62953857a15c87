import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { guardDefinition } from './state-machine-guard.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** One execution and its history, oldest event first (the interpreter's event names, not the API's). */
export type Execution = {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly input: string;
  readonly startedAt: number;
  status: ExecutionStatus;
  stoppedAt?: number;
  output?: string;
  error?: string;
  cause?: string;
  readonly history: { type: string; timestamp: number; state?: { name: string } }[];
};

/** Invokes a task's function; rejects with an error whose `name` is the States error name. */
export type InvokeTask = (functionArn: string, payload: Json) => Promise<Json>;

type AnyState = Record<string, unknown>;

/** Longer than any Lambda can run; the interpreter's own default of 60 s is not the service's. */
const NO_TASK_TIMEOUT_SECONDS = 100_000;

function eachTask(definition: AnyState, visit: (name: string, state: AnyState) => void): void {
  for (const [name, state] of Object.entries(definition.States as Record<string, AnyState>)) {
    if (state.Type === 'Task') visit(name, state);
    const processor = (state.ItemProcessor ?? state.Iterator) as AnyState | undefined;
    if (processor !== undefined) eachTask(processor, visit);
    for (const branch of (state.Branches ?? []) as AnyState[]) eachTask(branch, visit);
  }
}

async function runTask(resource: string, input: Json, invoke: InvokeTask): Promise<Json> {
  if (!resource.startsWith('arn:aws:states:')) return invoke(resource, input);
  const parameters = input as { FunctionName: string; Payload?: Json };
  const payload = await invoke(parameters.FunctionName, parameters.Payload ?? {});
  return { ExecutedVersion: '$LATEST', Payload: payload, StatusCode: 200 };
}

/** As the service names the kinds. */
export type MachineType = 'STANDARD' | 'EXPRESS';

/** An express execution lasts no longer, whatever its definition says. */
const LONGEST_EXPRESS_SECONDS = 300;

export type LocalStateMachine = {
  readonly arn: string;
  readonly type: MachineType;
  readonly name: string;
  /** Starts an execution; its `status` and `history` move on by themselves. */
  start(execution: Execution): { abort(): void; ended: Promise<void> };
};

/** Definitions that this process has validated. */
const valid = new Set<string>();

function validate(definition: StateMachineDefinition): void {
  const text = JSON.stringify(definition);
  if (!valid.has(text)) new StateMachine(definition);
  valid.add(text);
}

/**
 * Prepares a state machine once (guard and validation cost about 0.2 s), to be started many times.
 *
 * Throws when the definition is invalid or would run differently here than in Step Functions.
 */
export function prepareStateMachine(
  machine: { arn: string; type?: MachineType; name: string; roleArn: string; definition: AnyState },
  invoke: InvokeTask,
): LocalStateMachine {
  const definition = structuredClone(machine.definition);
  guardDefinition(definition);
  const { type = 'STANDARD' } = machine;
  if (type === 'EXPRESS')
    definition.TimeoutSeconds = Math.min(
      Number(definition.TimeoutSeconds ?? LONGEST_EXPRESS_SECONDS),
      LONGEST_EXPRESS_SECONDS,
    );
  const handlers: Record<string, (input: Json) => Promise<Json>> = {};
  eachTask(definition, (name, state) => {
    if (state.TimeoutSeconds === undefined && state.TimeoutSecondsPath === undefined) {
      state.TimeoutSeconds = NO_TASK_TIMEOUT_SECONDS;
    }
    handlers[name] = (input) => runTask(String(state.Resource), input, invoke);
  });
  const asl = definition as unknown as StateMachineDefinition;
  validate(asl);
  const prepared = new StateMachine(asl, { validationOptions: { noValidate: true } });

  return {
    arn: machine.arn,
    type,
    name: machine.name,
    start(execution) {
      const run = prepared.run(JSON.parse(execution.input) as Json, {
        overrides: { taskResourceLocalHandlers: handlers },
        context: {
          Execution: { Id: execution.executionArn, Name: execution.name, RoleArn: machine.roleArn },
          StateMachine: { Id: machine.arn, Name: machine.name },
        },
      });
      const listening = (async () => {
        for await (const event of run.eventLogs) {
          execution.history.push(event);
          if (event.type === 'ExecutionFailed') {
            execution.error = event.Error;
            execution.cause = typeof event.Cause === 'string' ? event.Cause : JSON.stringify(event.Cause);
          }
        }
      })();
      const end = (status: ExecutionStatus) => {
        execution.status = status;
        execution.stoppedAt = Date.now();
      };
      const ended = run.result.then(
        async (output) => {
          await listening;
          execution.output = JSON.stringify(output);
          end('SUCCEEDED');
        },
        async (error: Error) => {
          await listening;
          if (error.name === 'ExecutionTimeoutError') return end('TIMED_OUT');
          end(error.name === 'ExecutionAbortedError' ? 'ABORTED' : 'FAILED');
        },
      );
      return { abort: run.abort, ended };
    },
  };
}
