import { describe, expect, test } from 'vitest';
import { houseFiles } from './house-files.ts';

const rooms = new Set(['functions', 'infra', 'shared', 'test']);
const topLevel = new Set(['package.json', 'package-lock.json', 'tsconfig.json', 'cdk.json', 'README.md']);
const sharedFolders = new Set(['core', 'protocol', 'contracts', 'aws', 'seller']);
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)+$|^[a-z0-9]+(-[a-z0-9]+)*$/;
const empty = /^(utils?|helpers?|managers?|data|info|misc|common)$/;

/** What is wrong with where a file lies and what it is called. */
function wrongName(file: string): string | undefined {
  const [top = '', ...rest] = file.split('/');
  if (top.startsWith('.')) return undefined;
  if (rest.length === 0) return topLevel.has(top) ? undefined : 'has no place at the top';
  if (!rooms.has(top)) return 'has no place at the top';
  if (top === 'shared' && !sharedFolders.has(rest[0] ?? '')) return 'needs a reason to be in shared';
  // Snapshots are named by the tool that keeps them.
  const named = rest.filter((name) => name !== '__snapshots__');
  if (!named.every((name) => kebab.test(name))) return 'is not in kebab-case';
  const words = named.flatMap((name) => name.split(/[.-]/));
  return words.some((word) => empty.test(word)) ? 'says nothing by its name' : undefined;
}

test('every file has its place and its name', () => {
  const files = houseFiles();
  expect(files).toContain('package.json');
  const wrong = files.map((file) => ({ file, complaint: wrongName(file) }));
  expect(wrong.filter(({ complaint }) => complaint !== undefined)).toEqual([]);
});

describe('the rule, on names that are made up', () => {
  test.each([
    ['Makefile', 'has no place at the top'],
    ['lib/pay.ts', 'has no place at the top'],
    ['docs/guide.md', 'has no place at the top'],
    ['vitest.config.ts', 'has no place at the top'],
    ['shared/text/trim.ts', 'needs a reason to be in shared'],
    ['shared/core/jobRecord.ts', 'is not in kebab-case'],
    ['shared/core/Job.ts', 'is not in kebab-case'],
    ['shared/core/job_record.ts', 'is not in kebab-case'],
    ['infra/Cloud/bundle.ts', 'is not in kebab-case'],
    ['shared/core/utils.ts', 'says nothing by its name'],
    ['shared/core/money-helpers.ts', 'says nothing by its name'],
    ['functions/payer/payment-manager.ts', 'says nothing by its name'],
    ['infra/local/data/colours.ts', 'says nothing by its name'],
    ['test/core/info.test.ts', 'says nothing by its name'],
  ])('refuses %s', (file, complaint) => {
    expect(wrongName(file)).toBe(complaint);
  });

  test.each([
    'README.md',
    '.biome.json',
    '.ci/run',
    'shared/core/job-record.ts',
    'shared/protocol/eip3009.ts',
    'infra/cloud/metadata.ts',
    'infra/local/sample.webp',
    'test/core/job.test.ts',
    'test/infra/cloud/__snapshots__/keep.template.json',
  ])('accepts %s', (file) => {
    expect(wrongName(file)).toBeUndefined();
  });
});
