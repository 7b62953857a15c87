import { describe, expect, test } from 'vitest';
import { programFiles, textOf } from './house-files.ts';
import { impurities, readsProcess } from './purity.ts';

const handler = /^functions\/[^/]+\/([a-z0-9-]+-)?handler\.ts$/;

describe('core', () => {
  test('has no clock, no chance, no machine', () => {
    const files = programFiles().filter((file) => file.startsWith('shared/core/'));
    expect(files.length).toBeGreaterThan(5);
    expect(files.flatMap((file) => impurities(file, textOf(file)))).toEqual([]);
  });

  test.each([
    ['const at = Date.now();', 'the clock'],
    ['const clock = Date.now;', 'the clock'],
    ['const { now } = Date;', 'the clock'],
    ["const at = Date['now']();", 'the clock'],
    ['const at = new Date();', 'the clock'],
    ['const at = Date();', 'the clock'],
    ['const many = times.map(Date);', 'the clock'],
    ['const id = Math.random();', 'Math.random'],
    ['const draw = Math.random;', 'Math.random'],
    ['const stage = process.env.STAGE;', 'process'],
    ['const { env } = process;', 'process'],
    ['const all = { process };', 'process'],
    ['const id = crypto.randomUUID();', 'crypto'],
    ['const id = globalThis.crypto.randomUUID();', 'globalThis'],
    ['const at = performance.now();', 'performance'],
    ['await fetch(url);', 'fetch'],
    ['setTimeout(() => {}, 5);', 'setTimeout'],
    ["console.log('here');", 'console'],
  ])('%s is seen', (text, impurity) => {
    expect(impurities('shared/core/job.ts', text)).toEqual([`shared/core/job.ts: ${impurity}`]);
  });

  test.each([
    'const at = new Date(seconds * 1000).toISOString();',
    'const at = Date.parse(text);',
    'const right = value instanceof Date;',
    'interface Job { readonly createdAt: Date; process: string }',
    'const job = { process: 1, crypto: 2 }; job.process;',
    '// Date.now() is for handlers',
    'const largest = Math.max(1, 2);',
  ])('%s is pure', (text) => {
    expect(impurities('shared/core/job.ts', text)).toEqual([]);
  });
});

describe('the environment', () => {
  test('is read by handlers alone', () => {
    const deployed = programFiles().filter((file) => /^(functions|shared)\//.test(file));
    const readers = deployed.filter((file) => readsProcess(file, textOf(file)));
    expect(readers.filter((file) => !handler.test(file))).toEqual([]);
    // One for each Lambda, at least: a rule that sees nobody reading has not looked.
    expect(readers.length).toBeGreaterThanOrEqual(5);
  });

  test.each([
    'const table = process.env.TABLE;',
    'const { env } = process;',
    "import { env } from 'node:process';",
    "import process from 'process';",
  ])('%s is seen', (text) => {
    expect(readsProcess('functions/payer/pay.ts', text)).toBe(true);
  });

  test.each(['functions/payer/handler.ts', 'functions/poller/poll-handler.ts'])('%s is a handler', (file) => {
    expect(file).toMatch(handler);
  });

  test.each(['functions/payer/pay.ts', 'functions/handler.ts', 'functions/payer/handlers.ts'])(
    '%s is none',
    (file) => {
      expect(file).not.toMatch(handler);
    },
  );
});
