import { execFile } from 'node:child_process';
import { chmod, copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleFunctions } from '../cloud/bundle.ts';
import { writePage } from '../console/bundle-page.ts';
import { packageManifest } from './package-manifest.ts';

/**
 * `npm run build`: what others install, as a package of its own in `dist`: the client, the command line and the
 * construct as JavaScript with declarations, and the bundles of the functions. `npm pack ./dist` packs it.
 */

const root = join(import.meta.dirname, '../..');
const dist = join(root, 'dist');
const run = promisify(execFile);

await rm(dist, { recursive: true, force: true });
await Promise.all([
  run(join(root, 'node_modules/.bin/tsc'), ['-p', join(import.meta.dirname, 'tsconfig.json')], {
    cwd: root,
  }).catch(({ stdout }: { stdout: string }) => {
    throw new Error(stdout);
  }),
  bundleFunctions(join(dist, 'bundles')),
  writePage(join(dist, 'infra/console/console-page')),
]);
const source = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Parameters<
  typeof packageManifest
>[0];
const manifest = await packageManifest(source, dist);
await writeFile(join(dist, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
await copyFile(join(root, 'README.md'), join(dist, 'README.md'));
await chmod(join(dist, manifest.bin.coinbooth), 0o755);
console.error(`Built ${manifest.name} ${manifest.version} in dist; "npm pack ./dist" packs it.`);
