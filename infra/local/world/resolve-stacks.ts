import type { Place } from '../aws/call.ts';
import type { Stack, TemplateResource } from './read-assembly.ts';
import { type IntrinsicScope, resolveIntrinsics } from './resolve-intrinsics.ts';
import { isIgnored, type Origins, type Physical, physicalOf } from './resource-types.ts';

/** A resource with its properties resolved and its physical id. */
export type Resource = Physical & {
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly assets: ReadonlyMap<string, string>;
};

export type ResolvedStacks = {
  readonly resources: readonly Resource[];
  /** Resources that no part of the world runs (alarms, topics, resource policies), as `stack/logicalId (type)`. */
  readonly ignored: readonly string[];
  readonly outputs: Readonly<Record<string, unknown>>;
};

export type ResolveOptions = {
  readonly place: Place;
  readonly origins: Origins;
  /** Values of template parameters by name; a parameter without value and default is an error. */
  readonly parameters: Readonly<Record<string, string>>;
};

function resolveParameter(stack: Stack, name: string, options: ResolveOptions): unknown {
  const { place } = options;
  const pseudo: Record<string, unknown> = {
    'AWS::Region': place.region,
    'AWS::AccountId': place.accountId,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stack.name,
    'AWS::StackId': `arn:aws:cloudformation:${place.region}:${place.accountId}:stack/${stack.name}/local`,
  };
  if (name in pseudo) return pseudo[name];
  const declared = stack.template.Parameters?.[name];
  if (declared === undefined) throw new Error(`${stack.name}: nothing is called ${name}`);
  const value = options.parameters[name] ?? declared.Default;
  if (value === undefined) throw new Error(`${stack.name}: the parameter ${name} has no value`);
  return declared.Type === 'CommaDelimitedList' ? String(value).split(',') : value;
}

/**
 * Resolves all stacks of an assembly against each other.
 *
 * Physical ids are worked out on demand (a name may refer to another resource), so the order of stacks and resources
 * does not matter. Throws on unknown types, intrinsics, parameters, exports and attributes, with the place.
 */
export function resolveStacks(stacks: readonly Stack[], options: ResolveOptions): ResolvedStacks {
  const physical = new Map<string, Physical>();
  const scopes = new Map<string, IntrinsicScope>();

  function stackNamed(name: string): Stack {
    const stack = stacks.find((candidate) => candidate.name === name);
    if (stack === undefined) throw new Error(`no stack ${name} in this assembly`);
    return stack;
  }

  function scopeOf(stack: Stack): IntrinsicScope {
    const known = scopes.get(stack.name);
    if (known !== undefined) return known;
    const { template } = stack;
    const scope: IntrinsicScope = {
      stackName: stack.name,
      ref: (name) =>
        name in (template.Resources ?? {})
          ? physicalIn(stack, name).ref
          : resolveParameter(stack, name, options),
      getAtt(logicalId, attribute) {
        const value = physicalIn(stack, logicalId).attributes[attribute];
        if (value === undefined) throw new Error(`${stack.name}/${logicalId}: no attribute ${attribute}`);
        return value;
      },
      condition: (name) => resolveIntrinsics(template.Conditions?.[name], scope) === true,
      findInMap: (map, first, second) => template.Mappings?.[map]?.[first]?.[second],
      stackOutput(stackName, outputName) {
        const other = stackNamed(stackName);
        const output = other.template.Outputs?.[outputName];
        if (output === undefined) throw new Error(`${stack.name}: ${stackName} has no output ${outputName}`);
        return resolveIntrinsics(output.Value, scopeOf(other));
      },
      importValue(name) {
        for (const other of stacks) {
          const otherScope = scopeOf(other);
          for (const output of Object.values(other.template.Outputs ?? {})) {
            if (output.Export === undefined) continue;
            if (resolveIntrinsics(output.Export.Name, otherScope) === name) {
              return resolveIntrinsics(output.Value, otherScope);
            }
          }
        }
        throw new Error(`${stack.name}: no stack exports ${name}`);
      },
    };
    scopes.set(stack.name, scope);
    return scope;
  }

  function physicalIn(stack: Stack, logicalId: string): Physical {
    const id = `${stack.name}/${logicalId}`;
    const known = physical.get(id);
    if (known !== undefined) return known;
    const resource = stack.template.Resources?.[logicalId];
    if (resource === undefined) throw new Error(`${stack.name}: no resource ${logicalId}`);
    const named = { stackName: stack.name, logicalId, properties: namesOnly(resource, scopeOf(stack)) };
    const made = physicalOf(resource.Type, named, options.place, options.origins);
    physical.set(id, made);
    return made;
  }

  const resources: Resource[] = [];
  const ignored: string[] = [];
  const outputs: Record<string, unknown> = {};
  for (const stack of stacks) {
    const scope = scopeOf(stack);
    for (const [logicalId, resource] of Object.entries(stack.template.Resources ?? {})) {
      if (resource.Condition !== undefined && !scope.condition(resource.Condition)) continue;
      const made = physicalIn(stack, logicalId);
      if (isIgnored(resource.Type)) {
        ignored.push(`${stack.name}/${logicalId} (${resource.Type})`);
        if (!/(Policy|::Permission)$/.test(resource.Type)) continue;
      }
      const properties = resolveIntrinsics(resource.Properties ?? {}, scope) as Resource['properties'];
      const { assets } = stack;
      resources.push({ ...made, stackName: stack.name, logicalId, type: resource.Type, properties, assets });
    }
    for (const [name, output] of Object.entries(stack.template.Outputs ?? {})) {
      if (output.Condition !== undefined && !scope.condition(output.Condition)) continue;
      outputs[`${stack.name}.${name}`] = resolveIntrinsics(output.Value, scope);
    }
  }
  return { resources, ignored, outputs };
}

/** The properties that make a physical name; the others may refer back to this very resource. */
function namesOnly(resource: TemplateResource, scope: IntrinsicScope): Record<string, unknown> {
  const entries = Object.entries(resource.Properties ?? {}).filter(([name]) =>
    /(^|[a-z])Name$|^FifoQueue$/.test(name),
  );
  const own = entries.filter(
    ([name]) => !/^(FunctionName|EventBusName)$/.test(name) || resource.Type.endsWith('::Function'),
  );
  return Object.fromEntries(own.map(([name, value]) => [name, resolveIntrinsics(value, scope)]));
}
