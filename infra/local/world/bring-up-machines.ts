import { type Json, type MachineType, prepareStateMachine } from '../aws/executions.ts';
import { isAllowed } from '../aws/iam-policy.ts';
import type { StepFunctions } from '../aws/step-functions.ts';
import type { LambdaRuntime } from './lambda-runtime.ts';
import type { Resource } from './resolve-stacks.ts';
import { roleOf } from './roles.ts';

type Definition = Record<string, unknown>;

function definitionOf(resource: Resource): Definition {
  const { Definition: given, DefinitionString, DefinitionSubstitutions = {} } = resource.properties;
  const text = given === undefined ? DefinitionString : JSON.stringify(given);
  if (typeof text !== 'string') throw new Error(`${resource.logicalId}: a definition in S3 is not read`);
  const values = DefinitionSubstitutions as Record<string, unknown>;
  const substituted = text.replace(/\$\{([\w.-]+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
  return JSON.parse(substituted) as Definition;
}

/** An error that the interpreter sees under the function error's own name, with Lambda's JSON as its cause. */
function taskError(error: { errorType: string; errorMessage: string }): Error {
  const thrown = new Error(JSON.stringify(error));
  thrown.name = error.errorType;
  return thrown;
}

/** Creates the state machines of the templates; their tasks run on the world's functions, under the machine's role. */
export function bringUpMachines(
  resources: readonly Resource[],
  stepFunctions: StepFunctions,
  runtime: LambdaRuntime,
): void {
  for (const resource of resources) {
    if (resource.type !== 'AWS::StepFunctions::StateMachine') continue;
    const { properties } = resource;
    const role = roleOf(String(properties.RoleArn), resources);
    const machine = {
      arn: resource.ref,
      type: (properties.StateMachineType ?? 'STANDARD') as MachineType,
      name: resource.attributes.Name ?? '',
      roleArn: role.arn,
      definition: definitionOf(resource),
    };
    for (const [arn] of JSON.stringify(machine.definition).matchAll(
      /arn:aws:lambda:[\w-]+:\d+:function:[\w-]+/g,
    )) {
      // Found at start: at run time the default retries of a task would hide it for minutes.
      const permission = { action: 'lambda:InvokeFunction', resource: runtime.find(arn).arn, context: {} };
      if (!isAllowed(role.statements, permission)) throw new Error(`${role.arn} may not invoke ${arn}`);
    }
    const invoke = async (functionArn: string, payload: Json): Promise<Json> => {
      const { arn } = runtime.find(functionArn);
      const permission = { action: 'lambda:InvokeFunction', resource: arn, context: {} };
      if (!isAllowed(role.statements, permission)) {
        const errorMessage = `${role.arn} is not authorized to perform: lambda:InvokeFunction on resource: ${arn}`;
        throw taskError({ errorType: 'Lambda.AWSLambdaException', errorMessage });
      }
      const outcome = await runtime.invoke(functionArn, payload);
      if (!outcome.ok) throw taskError(outcome.error);
      return outcome.payload as Json;
    };
    stepFunctions.add(prepareStateMachine(machine, invoke));
  }
}
