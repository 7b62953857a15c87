import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nameOf, ofType, placeholders, type StackTemplate, shipped } from './synthesised.ts';

/**
 * The construct as somebody else has it: JavaScript under node_modules, where nothing runs TypeScript, with the bundles
 * beside it, in a project and a process that know nothing of this repository.
 */

const repository = join(import.meta.dirname, '../../..');
const project = mkdtempSync(join(tmpdir(), 'coinbooth-foreign-'));
const installed = join(project, 'node_modules/@coinbooth/coinbooth');

beforeAll(async () => {
  await build({
    absWorkingDir: repository,
    entryPoints: ['infra/cloud/coinbooth.ts'],
    outfile: join(installed, 'infra/cloud/coinbooth.js'),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  });
  placeholders(join(installed, 'bundles'));
  const exported = { './construct': './infra/cloud/coinbooth.js' };
  const described = { name: '@coinbooth/coinbooth', version: '0.0.0', type: 'module', exports: exported };
  writeFileSync(join(installed, 'package.json'), JSON.stringify(described));
  for (const name of ['aws-cdk-lib', 'constructs', 'zod', 'viem'])
    symlinkSync(join(repository, 'node_modules', name), join(project, 'node_modules', name));
  mkdirSync(join(project, 'bin'));
  writeFileSync(
    join(project, 'bin/app.js'),
    `
    const { App, Stack } = require('aws-cdk-lib');
    import('@coinbooth/coinbooth/construct').then(({ Coinbooth }) => {
      const app = new App({ outdir: ${JSON.stringify(join(project, 'cdk.out'))} });
      const stack = new Stack(app, 'Pictures', { env: { account: '444444444444', region: 'eu-north-1' } });
      const settings = ${JSON.stringify({ ...shipped, name: 'Pictures', alarms: { walletBelow: '20' } })};
      const booth = new Coinbooth(stack, 'Booth', { settings });
      if (!(booth.service.alarms.length > 10)) throw new Error('there are no alarms to attach to');
      app.synth();
    });
    `,
  );
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

test('is synthesised from node_modules, with the bundles that the package ships', () => {
  const ran = spawnSync(process.execPath, ['bin/app.js'], { cwd: project, encoding: 'utf8' });
  expect([ran.status, ran.stderr]).toEqual([0, '']);
  const written = (file: string) => readFileSync(join(project, 'cdk.out', file), 'utf8');
  const template = JSON.parse(written('Pictures.template.json')) as StackTemplate;
  const lambdas = ofType(template, 'AWS::Lambda::Function');
  expect(lambdas.length).toBeGreaterThan(8);
  for (const [logicalId, { Properties: properties }] of lambdas) {
    const name = nameOf(logicalId).replace(/^BoothService|Function$/g, '');
    const { S3Key: key } = properties.Code as { S3Key: string };
    expect(written(`asset.${key.replace('.zip', '')}/index.mjs`)).toBe(`// ${name}`);
  }
  for (const type of ['AWS::KMS::Key', 'AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket'])
    for (const [, { DeletionPolicy }] of ofType(template, type)) expect(DeletionPolicy).toBe('Retain');
  expect(JSON.stringify(template)).toContain('Pictures-eu-north-1-payer');
});
