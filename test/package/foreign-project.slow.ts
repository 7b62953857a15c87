import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { serve } from '@hono/node-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDoor } from '../functions/door.ts';
import { caller } from '../functions/jobs.ts';

/**
 * The package in a project that is not ours: packed, unpacked where npm would, with the packages that it names and no
 * others. It is type-checked against, imported, and its program run, before the real HTTP door.
 */

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);
let project: string;
let server: Server;
let origin: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'foreign-'));
  const packed = await run('npm', ['pack', './dist', '--json', '--pack-destination', project], { cwd: root });
  const [{ filename = '' } = {}] = JSON.parse(packed.stdout) as { filename?: string }[];
  const installed = join(project, 'node_modules/@coinbooth/coinbooth');
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', join(project, filename), '--strip-components=1', '-C', installed]);
  const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    peerDependencies: Record<string, string>;
  };
  const others = ['@types/node'];
  for (const name of [
    ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
    ...others,
  ]) {
    const place = join(project, 'node_modules', name);
    await mkdir(dirname(place), { recursive: true });
    await symlink(join(root, 'node_modules', name), place, 'dir');
  }
  await writeFile(join(project, 'package.json'), '{"type":"module"}');

  const { app } = openDoor();
  server = serve({
    fetch: (request) => app.fetch(request, { caller }),
    port: 0,
    hostname: '127.0.0.1',
  }) as Server;
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server?.close();
  if (project) await rm(project, { recursive: true, force: true });
});

const program = `
import { createClient, isEnded, type Job, Problem } from '@coinbooth/coinbooth';
import { signInWithToken } from '@coinbooth/coinbooth/sign-in';

const client = createClient({ origin: process.argv[2] ?? '', sign: signInWithToken('a token') });
const { jobId } = await client.generate('flux-2-pro/generate', { prompt: 'a kite', resolution: '0.5 MP' });
const job: Job = await client.job(jobId);
const left: 'none' | 'open' | 'spent' = job.money;
const problem = await client
  // @ts-expect-error There is no such resolution.
  .generate('flux-2-pro/generate', { prompt: 'a kite', resolution: '3 MP' })
  .catch((error: unknown) => error);
// @ts-expect-error An edit needs pictures.
client.edit.bind(client, 'flux-2-pro/edit', { prompt: 'winter' });
const fields = problem instanceof Problem ? problem.fields.map(({ field }) => field) : [];
console.log(JSON.stringify({ left, ended: isEnded(job), status: job.status, fields }));
`;

test('a program in TypeScript is type-checked against it, compiled, and speaks to a booth', async () => {
  await writeFile(join(project, 'program.ts'), program);
  const options = [
    '--strict',
    '--target',
    'es2024',
    '--module',
    'nodenext',
    '--types',
    'node',
    '--skipLibCheck',
  ];
  await run(join(root, 'node_modules/.bin/tsc'), [...options, 'program.ts'], { cwd: project }).catch(
    ({ stdout }: { stdout: string }) => expect(stdout).toBe(''),
  );
  const { stdout } = await run(process.execPath, ['program.js', origin], { cwd: project });
  expect(JSON.parse(stdout)).toEqual({
    left: 'none',
    ended: false,
    status: 'pending',
    fields: ['resolution'],
  });
});

test('its program runs', async () => {
  const bin = join(project, 'node_modules/@coinbooth/coinbooth/infra/cli/main.js');
  const env = { ...process.env, COINBOOTH_API: origin, COINBOOTH_TOKEN: 'a token' };
  const page = await readFile(
    join(project, 'node_modules/@coinbooth/coinbooth/infra/console/console-page/index.html'),
  );
  expect(page.toString()).toContain('<title>');
  const models = await run(bin, ['models', 'flux-2-pro', '--json'], { cwd: project, env });
  expect(JSON.parse(models.stdout)).toMatchObject({ models: [{ name: 'flux-2-pro/generate' }, {}] });
  const asked = await run(bin, ['generate', 'a kite', '--no-wait'], { cwd: project, env });
  expect(asked.stdout).toMatch(/^[0-9a-f-]{36}\n$/);
});

test('its construct is synthesised in an app of somebody else, with the functions that it brings', async () => {
  const settings = JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8')) as {
    context: { coinbooth: object };
  };
  await writeFile(
    join(project, 'app.js'),
    `
import { App, Stack } from 'aws-cdk-lib';
import { Coinbooth } from '@coinbooth/coinbooth/construct';
const app = new App({ outdir: 'cdk.out', analyticsReporting: false });
new Coinbooth(new Stack(app, 'Theirs'), 'Pictures', { settings: ${JSON.stringify(settings.context.coinbooth)} });
const { template } = app.synth().getStackByName('Theirs');
const kinds = Object.values(template.Resources).map(({ Type }) => Type);
console.log(kinds.filter((kind) => kind === 'AWS::Lambda::Function').length);
`,
  );
  const { stdout } = await run(process.execPath, ['app.js'], { cwd: project });
  expect(Number(stdout)).toBe(9);
});
