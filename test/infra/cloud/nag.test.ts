import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, type Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { afterAll, describe, expect, test } from 'vitest';
import { appOf } from '../../../infra/cloud/synthesise.ts';
import { placeholders, shipped } from './synthesised.ts';

const root = mkdtempSync(join(tmpdir(), 'coinbooth-nag-'));
const bundles = placeholders(join(root, 'bundles'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const appWith = (changed: object = {}): App =>
  appOf({ ...shipped, ...changed }, { bundles, outdir: mkdtempSync(join(root, 'out-')) });

const findingsIn = (app: App): string[] =>
  new AwsSolutionsChecks(app).validateScope(app).violations.map(({ ruleName }) => ruleName);

/** What was acknowledged, and why. */
function acknowledgedIn(scope: IConstruct): [string, string][] {
  const key = Validations.ACKNOWLEDGED_RULES_METADATA_KEY;
  return scope.node
    .findAll()
    .flatMap(({ node }) => node.metadata.filter(({ type }) => type === key))
    .flatMap(({ data }) => Object.entries(data as Record<string, string>));
}

describe.each([
  ['as shipped', {}],
  ['traced, with a bucket to refer to', { tracing: true, references: { buckets: ['allowed-bucket'] } }],
])('the rules of AWS Solutions find nothing that is not acknowledged: %s', (_name, changed) => {
  test('neither in the constructs nor, as a plugin of the synthesis, in what becomes of them', () => {
    const app = appWith(changed);
    expect(findingsIn(app)).toEqual([]);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).not.toThrow();
  });
});

test('and would find what nobody has acknowledged', () => {
  const app = appWith();
  const keep = app.node.findChild('Keep') as Stack;
  new Bucket(keep, 'Another');
  expect(findingsIn(app)).toEqual(expect.arrayContaining(['AwsSolutions-S1', 'AwsSolutions-S10']));
});

test('each finding that stands is one of these, with a reason of its own', () => {
  const app = appWith();
  const acknowledged = acknowledgedIn(app);
  const rules = new Set(acknowledged.map(([id]) => /AwsSolutions-([A-Z]+\d+)/.exec(id)?.[1]));
  expect([...rules].toSorted()).toEqual(['IAM5', 'S1', 'SF1', 'SF2']);
  for (const [id, reason] of acknowledged) expect(reason.length, id).toBeGreaterThan(30);
  // One resource, one reason: none is waved through with the words for another.
  const ofResource = new Map<string, Set<string>>();
  for (const [id, reason] of acknowledged.filter(([each]) => each.includes('IAM5'))) {
    const resource =
      /(inline|pictures|quarantine|uploads|manifests|results|requests)\/\*\]$/.exec(id)?.[1] ?? id;
    ofResource.set(resource, (ofResource.get(resource) ?? new Set()).add(reason));
  }
  expect([...ofResource.keys()].toSorted()).toEqual([
    'inline',
    'manifests',
    'pictures',
    'quarantine',
    'requests',
    'results',
    'uploads',
  ]);
});

test('nothing is acknowledged that is not there', () => {
  const app = appWith();
  const stands = new Set(
    acknowledgedIn(app).map(([id]) => id.replace(/^.*::AwsSolutions-/, 'AwsSolutions-')),
  );
  // The same app without its acknowledgements is found to have every one of them.
  for (const { node } of app.node.findAll())
    for (const entry of node.metadata.filter(
      ({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY,
    ))
      for (const id of Object.keys(entry.data as object)) delete (entry.data as Record<string, string>)[id];
  const found = new Set(findingsIn(app));
  expect(found.size).toBeGreaterThan(5);
  const unfounded = [...stands].filter((id) => !found.has(id) && !id.includes('Exports'));
  expect(unfounded).toEqual([]);
});
