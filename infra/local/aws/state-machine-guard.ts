type Json = Record<string, unknown>;

/** The keys whose silent loss would change what a machine does: variables, JSONata, call-backs, heartbeats. */
const REFUSED_KEYS: Record<string, string> = {
  Assign: 'workflow variables',
  Arguments: 'JSONata arguments',
  Output: 'JSONata output',
  Items: 'JSONata items',
  HeartbeatSeconds: 'heartbeats',
  HeartbeatSecondsPath: 'heartbeats',
  Credentials: 'cross-account credentials',
  ItemReader: 'a distributed map',
  ItemBatcher: 'a distributed map',
  ResultWriter: 'a distributed map',
  ToleratedFailurePercentage: 'a distributed map',
  ToleratedFailureCount: 'a distributed map',
};

const LAMBDA_INVOKE = 'arn:aws:states:::lambda:invoke';

/** Thrown at world start for a definition that would run differently here than in Step Functions. */
class UnsupportedDefinition extends Error {
  override readonly name = 'UnsupportedDefinition';
}

function checkState(name: string, state: Json, names: Set<string>): void {
  const refuse = (what: string): never => {
    throw new UnsupportedDefinition(`state ${name}: ${what} cannot run in the local world`);
  };
  if (names.has(name)) refuse('a name used twice (the local task table is by name)');
  names.add(name);
  for (const [key, what] of Object.entries(REFUSED_KEYS)) if (key in state) refuse(what);
  if ((state.QueryLanguage ?? 'JSONPath') !== 'JSONPath') refuse('JSONata');
  const { Type: type } = state;
  if (
    /"\$\$\.(State|Task|Map)\b/.test(JSON.stringify({ ...state, Iterator: 0, ItemProcessor: 0, Branches: 0 }))
  ) {
    if (type !== 'Map') refuse('$$.State, $$.Task and $$.Map of the context object');
  }
  if (type === 'Task') {
    const resource = String(state.Resource);
    const isFunction = /^arn:aws:lambda:[^:]*:\d+:function:[^:]+$/.test(resource);
    if (!isFunction && resource !== LAMBDA_INVOKE) refuse(`the resource ${resource}`);
    const parameters = (state.Parameters ?? {}) as Json;
    if (parameters.InvocationType !== undefined && parameters.InvocationType !== 'RequestResponse') {
      refuse(`InvocationType ${String(parameters.InvocationType)}`);
    }
  }
  if (type === 'Map') {
    const processor = (state.ItemProcessor ?? state.Iterator) as Json;
    const mode = (processor.ProcessorConfig as Json | undefined)?.Mode;
    if (mode === 'DISTRIBUTED') refuse('a distributed map');
    checkStates(processor, names);
  }
  if (type === 'Parallel') for (const branch of state.Branches as Json[]) checkStates(branch, names);
}

function checkStates(definition: Json, names: Set<string>): void {
  if ((definition.QueryLanguage ?? 'JSONPath') !== 'JSONPath') {
    throw new UnsupportedDefinition(
      'JSONata cannot run in the local world: its interpreter knows only JSONPath',
    );
  }
  for (const [name, state] of Object.entries(definition.States as Record<string, Json>)) {
    checkState(name, state, names);
  }
}

/**
 * Refuses a definition that aws-local-stepfunctions would accept and run wrong: JSONata, `Assign`, task tokens, other
 * integrations than Lambda, heartbeats, distributed maps. Throws `UnsupportedDefinition` with the state's name.
 */
export function guardDefinition(definition: Json): void {
  checkStates(definition, new Set());
}
