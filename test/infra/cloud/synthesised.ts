import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entryPoints } from '../../../infra/cloud/bundle.ts';
import { synthesise } from '../../../infra/cloud/synthesise.ts';

export type Properties = Record<string, unknown>;

export interface Resource {
  readonly Type: string;
  readonly Properties: Properties;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface StackTemplate {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { Value: unknown; Export?: { Name: string } }>>;
}

interface StackArtifact {
  /** `aws://account/region`. */
  readonly environment: string;
  readonly stackName: string;
  readonly terminationProtection?: boolean;
}

/** Disposing of it removes its folder, so that a test that fails leaves nothing either. */
export interface Assembly extends Disposable {
  readonly directory: string;
  readonly keep: StackTemplate;
  readonly service: StackTemplate;
  readonly stacks: Readonly<Record<'Keep' | 'Service', StackArtifact>>;
  /** The bundle that a function of the template will run. */
  codeOf(lambda: Resource): string;
}

const readJson = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8')) as unknown;

/** The settings that the repository ships. */
export const shipped = (
  readJson(import.meta.dirname, '../../../cdk.json') as { context: { coinbooth: Properties } }
).context.coinbooth;

/**
 * Synthesises both stacks into a folder of their own and reads them back.
 * @param options.bundles real bundles; without them each function gets a file that holds its name, since a template
 *   depends on its bundles by their hash alone
 */
export function synthesiseAside(
  settings: unknown,
  options: { bundles?: string; stage?: string } = {},
): Assembly {
  const root = mkdtempSync(join(tmpdir(), 'coinbooth-cloud-'));
  const bundles = options.bundles ?? placeholders(join(root, 'bundles'));
  const directory = synthesise(settings, {
    outdir: join(root, 'cdk.out'),
    bundles,
    stage: options.stage,
  });
  const { artifacts } = readJson(directory, 'manifest.json') as {
    artifacts: Record<string, { environment: string; properties: Omit<StackArtifact, 'environment'> }>;
  };
  const stack = (id: string): StackArtifact => {
    const artifact = artifacts[id];
    if (artifact === undefined) throw new Error(`The assembly has no stack ${id}`);
    return { ...artifact.properties, environment: artifact.environment };
  };
  return {
    directory,
    keep: readJson(directory, 'Keep.template.json') as StackTemplate,
    service: readJson(directory, 'Service.template.json') as StackTemplate,
    stacks: { Keep: stack('Keep'), Service: stack('Service') },
    codeOf: ({ Properties: { Code } }) => {
      const { S3Key: key } = Code as { S3Key: string };
      return readFileSync(join(directory, `asset.${key.replace(/\.zip$/, '')}`, 'index.mjs'), 'utf8');
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** A bundle for each function that holds its name alone. */
export function placeholders(directory: string): string {
  for (const name of Object.keys(entryPoints)) {
    mkdirSync(join(directory, name), { recursive: true });
    writeFileSync(join(directory, name, 'index.mjs'), `// ${name}`);
  }
  return directory;
}

/** Resources of one type, by logical id. */
export const ofType = ({ Resources }: StackTemplate, type: string): [string, Resource][] =>
  Object.entries(Resources).filter(([, resource]) => resource.Type === type);

/** The one resource of a type of which there must be one. */
export function theOne(template: StackTemplate, type: string): Resource {
  const [found, ...others] = ofType(template, type);
  if (found === undefined || others.length > 0) throw new Error(`There is not exactly one ${type}`);
  return found[1];
}

/** The resource of a type that has this name. */
export function theNamed(template: StackTemplate, type: string, name: string): Resource {
  const found = ofType(template, type).find(([logicalId]) => nameOf(logicalId) === name);
  if (found === undefined) throw new Error(`There is no ${type} called ${name}`);
  return found[1];
}

/** A logical id without the hash that CDK puts behind it. */
export const nameOf = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, '');

/**
 * Writes a template's value out as text: references become names (`Ledger.Arn`, in whichever stack it is), so that
 * a person can read what a policy speaks of and a test can compare it.
 * @param name how a reference is written; by default `Name` or `Name.Attribute`
 */
export function writeOut(
  value: unknown,
  { keep }: Pick<Assembly, 'keep'>,
  name: (reference: string) => string = (reference) => reference,
): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[intrinsic, operand] = ['', undefined], ...others] = Object.entries(value);
  if (others.length > 0) throw new Error(`Not a value: ${JSON.stringify(value)}`);
  if (intrinsic === 'Ref') return name(nameOf(String(operand)));
  if (intrinsic === 'Fn::GetAtt') {
    const [logicalId, attribute] = operand as [string, string];
    return name(`${nameOf(logicalId)}.${attribute}`);
  }
  if (intrinsic === 'Fn::Join') {
    const [separator, parts] = operand as [string, unknown[]];
    return parts.map((part) => writeOut(part, { keep }, name)).join(separator);
  }
  if (intrinsic === 'Fn::ImportValue') {
    const exported = Object.values(keep.Outputs).find((output) => output.Export?.Name === operand);
    if (exported === undefined) throw new Error(`Keep does not export ${String(operand)}`);
    return writeOut(exported.Value, { keep }, name);
  }
  throw new Error(`${intrinsic} is not known here`);
}

/** One value, or a list of them: a template writes both. */
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
