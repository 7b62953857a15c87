/** What the intrinsic functions of one template look at. Each throws on a name that is not there. */
export type IntrinsicScope = {
  readonly stackName: string;
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  importValue(name: string): unknown;
  stackOutput(stackName: string, outputName: string): unknown;
  condition(name: string): boolean;
  findInMap(map: string, first: string, second: string): unknown;
};

/** Stands for `AWS::NoValue`: the member that has it is left out. */
const NO_VALUE = Symbol('AWS::NoValue');

type Resolve = (value: unknown) => unknown;
type Intrinsic = (argument: unknown, resolve: Resolve, scope: IntrinsicScope) => unknown;

function listOf(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${name} wants a list, got ${JSON.stringify(value)}`);
}

function getAtt(argument: unknown, resolve: Resolve, scope: IntrinsicScope): unknown {
  const [logicalId, ...rest] =
    typeof argument === 'string' ? argument.split('.') : listOf(argument, 'Fn::GetAtt');
  return scope.getAtt(String(logicalId), rest.map((part) => String(resolve(part))).join('.'));
}

function substitute(argument: unknown, resolve: Resolve, scope: IntrinsicScope): string {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const given = (variables ?? {}) as Record<string, unknown>;
  return String(text).replace(/\$\{(!?)([^}]+)\}/g, (_match, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`;
    if (name in given) return String(resolve(given[name]));
    return String(name.includes('.') ? getAtt(name, resolve, scope) : scope.ref(name));
  });
}

const INTRINSICS: Record<string, Intrinsic> = {
  Ref: (argument, _resolve, scope) => (argument === 'AWS::NoValue' ? NO_VALUE : scope.ref(String(argument))),
  'Fn::GetAtt': getAtt,
  'Fn::Sub': substitute,
  'Fn::Join': (argument, resolve) => {
    const [separator, parts] = listOf(argument, 'Fn::Join');
    return listOf(resolve(parts), 'Fn::Join').map(String).join(String(separator));
  },
  'Fn::Select': (argument, resolve) => {
    const [index, list] = listOf(argument, 'Fn::Select');
    const chosen = listOf(resolve(list), 'Fn::Select')[Number(resolve(index))];
    if (chosen === undefined) throw new Error(`Fn::Select has nothing at ${JSON.stringify(index)}`);
    return chosen;
  },
  'Fn::Split': (argument, resolve) => {
    const [separator, text] = listOf(argument, 'Fn::Split');
    return String(resolve(text)).split(String(separator));
  },
  'Fn::Base64': (argument, resolve) => Buffer.from(String(resolve(argument))).toString('base64'),
  'Fn::ToJsonString': (argument, resolve) => JSON.stringify(resolve(argument)),
  'Fn::ImportValue': (argument, resolve, scope) => scope.importValue(String(resolve(argument))),
  'Fn::GetStackOutput': (argument, resolve, scope) => {
    const { StackName, OutputName } = resolve(argument) as { StackName: string; OutputName: string };
    return scope.stackOutput(StackName, OutputName);
  },
  'Fn::FindInMap': (argument, resolve, scope) => {
    const [map, first, second] = listOf(argument, 'Fn::FindInMap').map((part) => String(resolve(part)));
    return scope.findInMap(map ?? '', first ?? '', second ?? '');
  },
  'Fn::If': (argument, resolve, scope) => {
    const [name, yes, no] = listOf(argument, 'Fn::If');
    return resolve(scope.condition(String(name)) ? yes : no);
  },
  Condition: (argument, _resolve, scope) => scope.condition(String(argument)),
  'Fn::Equals': (argument, resolve) => {
    const [a, b] = listOf(argument, 'Fn::Equals').map(resolve);
    return String(a) === String(b);
  },
  'Fn::Not': (argument, resolve) => listOf(argument, 'Fn::Not').map(resolve)[0] !== true,
  'Fn::And': (argument, resolve) => listOf(argument, 'Fn::And').every((part) => resolve(part) === true),
  'Fn::Or': (argument, resolve) => listOf(argument, 'Fn::Or').some((part) => resolve(part) === true),
};

/**
 * Replaces every intrinsic function in a template value.
 *
 * An intrinsic that is not known is an error with its name: a value that stayed an object would be read as settings.
 */
export function resolveIntrinsics(value: unknown, scope: IntrinsicScope): unknown {
  const resolve: Resolve = (part) => {
    if (Array.isArray(part)) return part.map(resolve).filter((entry) => entry !== NO_VALUE);
    if (part === null || typeof part !== 'object') return part;
    const entries = Object.entries(part);
    const [name, argument] = entries.length === 1 ? (entries[0] ?? []) : [];
    if (name !== undefined) {
      const intrinsic = INTRINSICS[name];
      // `Condition` is an intrinsic only inside conditions, where its argument is a name; in policies it is an object.
      if (intrinsic !== undefined && !(name === 'Condition' && typeof argument !== 'string')) {
        return intrinsic(argument, resolve, scope);
      }
      if (name.startsWith('Fn::'))
        throw new Error(`${scope.stackName}: the intrinsic ${name} is not understood`);
    }
    const resolved = entries.map(([key, entry]) => [key, resolve(entry)] as const);
    return Object.fromEntries(resolved.filter(([, entry]) => entry !== NO_VALUE));
  };
  return resolve(value);
}
