import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuildOptions, BuildResult } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { bundleFunctions, entryPoints, lateParts } from '../../../infra/cloud/bundle.ts';
import type { FunctionName } from '../../../shared/contracts/environment.ts';
import { type Assembly, nameOf, ofType, shipped, synthesiseAside } from './synthesised.ts';

/** What went into each bundle, by entry point. */
const inputs = vi.hoisted(() => new Map<string, string[]>());

// The bundles are built as ever; only the list of their parts is asked for as well.
vi.mock(import('esbuild'), async (original) => {
  const esbuild = await original();
  const build = async (options: BuildOptions): Promise<BuildResult> => {
    const result = await esbuild.build({ ...options, metafile: true });
    for (const { entryPoint = '', inputs: parts } of Object.values(result.metafile.outputs))
      inputs.set(entryPoint, Object.keys(parts));
    return result;
  };
  return { ...esbuild, build: build as typeof esbuild.build };
});

const root = join(import.meta.dirname, '../../..');
const names = Object.keys(entryPoints) as FunctionName[];
const bundles = mkdtempSync(join(tmpdir(), 'coinbooth-bundles-'));
let assembly: Assembly;

beforeAll(async () => {
  await bundleFunctions(bundles);
  assembly = synthesiseAside(shipped, { bundles });
});

afterAll(() => {
  assembly?.[Symbol.dispose]();
  rmSync(bundles, { recursive: true, force: true });
});

const partsOf = (name: FunctionName): string[] => inputs.get(entryPoints[name]) ?? [];
const ownPartsOf = (name: FunctionName): string[] =>
  // Node's own are what its runtime has.
  partsOf(name).filter((part) => !part.includes('node_modules/') && !part.startsWith('builtin:'));

test('what the repository ships is synthesised with the real bundles, each in its own function', () => {
  const lambdas = ofType(assembly.service, 'AWS::Lambda::Function');
  expect(lambdas).toHaveLength(names.length);
  for (const [id, lambda] of lambdas) {
    const name = nameOf(id).replace(/Function$/, '');
    expect(assembly.codeOf(lambda) === readFileSync(join(bundles, name, 'index.mjs'), 'utf8')).toBe(true);
  }
});

describe('a bundle', () => {
  // What they may weigh, or a tenth above what they weighed when this was written; a cold start pays for every byte.
  test.each([
    ['intake', 700_000],
    ['requests', 470_000],
    ['manifest', 700_000],
    ['payer', 720_000],
    ['poll', 660_000],
    ['deliver', 680_000],
    ['reconciler', 850_000],
    ['sweeper', 440_000],
    ['auditor', 175_000],
  ] as const)('%s weighs less than %i bytes', (name, ceiling) => {
    const { size } = statSync(join(bundles, name, 'index.mjs'));
    expect(size).toBeLessThan(ceiling);
    expect(size).toBeGreaterThan(ceiling / 3);
  });

  test.each(names)(
    '%s is made of what runs in Lambda, and of nothing that is there to develop with',
    (name) => {
      const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
        packages: Record<string, { dev?: boolean; devOptional?: boolean }>;
      };
      // From the first one on, for a tree whose packages are linked from elsewhere.
      const folders = partsOf(name).flatMap(
        (part) => /node_modules\/(.*node_modules\/)?(@[^/]+\/)?[^/]+/.exec(part)?.[0] ?? [],
      );
      expect(folders.length).toBeGreaterThan(0);
      for (const folder of new Set(folders)) {
        expect(packages[folder], folder).toBeDefined();
        expect(packages[folder]?.dev ?? packages[folder]?.devOptional ?? false, folder).toBe(false);
      }
      expect(ownPartsOf(name)).toContain(entryPoints[name]);
      for (const part of ownPartsOf(name)) expect(part).toMatch(/^(functions|shared)\//);
    },
  );

  test('loads the client of S3 late where few need it, from beside it', () => {
    expect(partsOf('payer').filter((part) => part.includes('/client-s3/'))).toEqual([]);
    expect(readFileSync(join(bundles, 'payer/index.mjs'), 'utf8')).toContain('import("./s3-files.mjs")');
    const { size } = statSync(join(bundles, 'payer/s3-files.mjs'));
    expect(size).toBeGreaterThan(100_000);
    expect(size).toBeLessThan(340_000);
  });

  test('can sign only where the role may', () => {
    const signing = names.filter((name) => ownPartsOf(name).includes('shared/aws/kms.ts'));
    expect(signing).toEqual(['payer', 'poll']);
    // Not even by a client that nobody calls.
    const clients = names.filter((name) => partsOf(name).some((part) => part.includes('/client-kms/')));
    // The reconciler asks for the address; it has neither the code nor the permission to sign.
    expect(clients.toSorted()).toEqual(['payer', 'poll', 'reconciler']);
  });

  test('has nothing of the second rail but what reads and names it: the rest is a file that is loaded when it signs', () => {
    const packages =
      /node_modules\/(mppx|@stripe\/stripe-js)\/|node_modules\/viem\/_esm\/tempo\/|ox\/.*tempo/;
    for (const name of names)
      expect(
        partsOf(name).filter((part) => packages.test(part)),
        name,
      ).toEqual([]);
    const loaded = names.filter((name) =>
      readFileSync(join(bundles, name, 'index.mjs'), 'utf8').includes('./mpp-credential.mjs'),
    );
    expect(loaded).toEqual(['payer']);
    expect(Object.keys(lateParts).toSorted()).toEqual([
      'payer/mpp-credential',
      'payer/s3-files',
      'poll/s3-inline',
    ]);
    const late = inputs.get(lateParts['payer/mpp-credential'] ?? '') ?? [];
    expect(late.some((part) => part.includes('node_modules/mppx/'))).toBe(true);
    expect(statSync(join(bundles, 'payer', 'mpp-credential.mjs')).size).toBeLessThan(1_660_000);
    expect(readFileSync(join(bundles, 'payer', 'mpp-credential.mjs'), 'utf8')).not.toContain(root);
  });

  test('needs no AWS SDK to count and to compare', () => {
    expect(partsOf('auditor').filter((part) => part.includes('/@aws-sdk/'))).toEqual([]);
  });

  test('asks for prices in intake, without any code that signs', () => {
    expect(ownPartsOf('intake')).toContain('shared/seller/quote.ts');
    const signing =
      /^shared\/(protocol\/(eip3009|siwx|ecdsa)|seller\/seller|aws\/kms)\.ts$|node_modules\/viem\//;
    expect(partsOf('intake').filter((part) => signing.test(part))).toEqual([]);
  });

  test.each(names)('%s looks for its credentials where Lambda puts them, and nowhere else', (name) => {
    const providers = partsOf(name).filter((part) =>
      /credential-provider-(?!env|node)|nested-clients/.test(part),
    );
    expect(providers).toEqual([]);
  });

  test.each(names)('%s knows neither the local world nor the machine that made it', (name) => {
    const code = readFileSync(join(bundles, name, 'index.mjs'), 'utf8');
    expect(code.includes(root)).toBe(false);
    expect(code).not.toMatch(/infra\/local|fauxqs|dynalite|sourceMappingURL/);
  });
});
