import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

export type TemplateResource = {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
};

export type Template = {
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, { Default?: unknown; Type?: string }>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Mappings?: Readonly<Record<string, Record<string, Record<string, unknown>>>>;
  readonly Outputs?: Readonly<
    Record<string, { Value: unknown; Export?: { Name: unknown }; Condition?: string }>
  >;
};

export type Stack = {
  readonly name: string;
  readonly template: Template;
  /** Undefined when the stack is agnostic of its environment. */
  readonly region: string | undefined;
  readonly accountId: string | undefined;
  /** Directory of a file asset by its hash (the S3 key without `.zip`). */
  readonly assets: ReadonlyMap<string, string>;
};

type Artifact = {
  type: string;
  environment?: string;
  properties?: { templateFile?: string; stackName?: string; file?: string; directoryName?: string };
};

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

function readAssets(assemblyDir: string, manifests: readonly string[]): Map<string, string> {
  const assets = new Map<string, string>();
  for (const file of manifests) {
    const manifest = readJson<{ files?: Record<string, { source: { path?: string } }> }>(
      join(assemblyDir, file),
    );
    for (const [hash, { source }] of Object.entries(manifest.files ?? {})) {
      if (source.path === undefined) continue;
      // Relative when the app ran by itself, absolute when the CDK CLI ran it.
      assets.set(hash, isAbsolute(source.path) ? source.path : join(assemblyDir, source.path));
    }
  }
  return assets;
}

/**
 * Reads every stack of a synthesised cloud assembly, nested assemblies (stages) included.
 *
 * Throws when the directory holds no assembly.
 */
export function readAssembly(assemblyDir: string): Stack[] {
  const path = join(assemblyDir, 'manifest.json');
  if (!existsSync(path)) throw new Error(`${assemblyDir} holds no manifest.json: synthesise first`);
  const artifacts = readJson<{ artifacts?: Record<string, Artifact> }>(path).artifacts ?? {};
  const manifests = Object.values(artifacts)
    .filter((artifact) => artifact.type === 'cdk:asset-manifest')
    .flatMap((artifact) => artifact.properties?.file ?? []);
  const assets = readAssets(assemblyDir, manifests);
  return Object.entries(artifacts).flatMap(([id, artifact]): Stack[] => {
    const { properties } = artifact;
    if (artifact.type === 'cdk:cloud-assembly' && properties?.directoryName !== undefined) {
      return readAssembly(join(assemblyDir, properties.directoryName));
    }
    if (artifact.type !== 'aws:cloudformation:stack' || properties?.templateFile === undefined) return [];
    const [, accountId, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(artifact.environment ?? '') ?? [];
    return [
      {
        name: properties.stackName ?? id,
        template: readJson<Template>(join(assemblyDir, properties.templateFile)),
        region: region === undefined || region.startsWith('unknown') ? undefined : region,
        accountId: accountId === undefined || accountId.startsWith('unknown') ? undefined : accountId,
        assets,
      },
    ];
  });
}
