import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';

interface Source {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** What others import, by the name under which they do, and where it lies in the package. */
const entrances = {
  '.': 'infra/client/create-client',
  './client': 'infra/client/create-client',
  './sign-in': 'infra/client/sign-in',
  './construct': 'infra/cloud/coinbooth',
} as const;
const program = 'infra/cli/main.js';
/** From a clone alone the console's page is made at each start; a package brings it along. */
const cloneOnly = 'esbuild';
/** Of an app that uses the construct, which brings its own; nobody else needs them. */
const peers = { 'aws-cdk-lib': '^2.276.0', constructs: '^10.8.1' };

/**
 * The package.json of what others install: with the packages that its files import, and none that only the working copy
 * needs.
 * @param dist folder of the built JavaScript
 * @throws Error when a file imports what the working copy does not depend on
 */
export async function packageManifest(source: Source, dist: string) {
  const imported = await importedPackages(dist, [
    program,
    ...Object.values(entrances).map((file) => `${file}.js`),
  ]);
  const needed = imported.filter((name) => name !== cloneOnly && !Object.hasOwn(peers, name));
  const dependencies = needed.map((name) => {
    const version = source.dependencies[name];
    if (version === undefined) throw new Error(`What is packed imports ${name}, which is no dependency.`);
    return [name, version] as const;
  });
  const { name, version, description, license } = source;
  return {
    name,
    version,
    description,
    license,
    type: 'module',
    // The working copy brings its own Node; what is installed elsewhere runs on what is there.
    engines: { node: '>=22' },
    bin: { coinbooth: program },
    exports: {
      ...Object.fromEntries(
        Object.entries(entrances).map(([entrance, file]) => [
          entrance,
          { types: `./${file}.d.ts`, default: `./${file}.js` },
        ]),
      ),
      './package.json': './package.json',
    },
    dependencies: Object.fromEntries(dependencies),
    peerDependencies: peers,
    peerDependenciesMeta: Object.fromEntries(Object.keys(peers).map((peer) => [peer, { optional: true }])),
  };
}

/** Names of the packages that some files import, directly or by files beside them. */
async function importedPackages(dist: string, files: readonly string[]): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: dist,
    entryPoints: files.map((file) => join(dist, file)),
    outdir: join(dist, 'unwritten'),
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'silent',
  });
  const paths = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  const packages = paths
    .filter((path) => !isBuiltin(path))
    .map((path) => path.split('/', path.startsWith('@') ? 2 : 1).join('/'));
  return [...new Set(packages)].toSorted();
}
