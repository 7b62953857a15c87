import { describe, expect, test } from 'vitest';
import { type CommandLine, readCommandLine } from './command-line.ts';
import { prove } from './prove.ts';
import { type Report, reportSchema, violationsIn } from './report.ts';
import { suites } from './suites.ts';
import { closingTable } from './tables.ts';

const known = ['passes', 'breaks', 'throws', 'dies', 'peer'];
const registry = new URL('./fake-suites.ts', import.meta.url).href;

async function run(...args: string[]): Promise<Report> {
  const asked = readCommandLine(args, known);
  if ('wrong' in asked) throw new Error(asked.wrong);
  return prove(registry, asked, () => {});
}
const only = (name: string, ...args: string[]): Promise<Report> => run('--suite', name, ...args);

describe('a run', () => {
  test('of suites that hold is whole, by its schema, and tells how far it is', async () => {
    const told: unknown[] = [];
    const asked = readCommandLine(['--suite', 'passes', '--seed', '7'], known) as CommandLine;
    const report = await prove(registry, asked, (name, state) => told.push([name, state]));
    expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(report).toMatchObject({ size: 'quick', seed: 7, node: process.version });
    expect(report.suites).toMatchObject([{ name: 'passes', violations: [], notes: [], zero: ['nothing'] }]);
    expect(violationsIn(report)).toBe(0);
    expect(told).toEqual([
      ['passes', 'begins'],
      ['passes', { done: 1, total: 2 }],
      ['passes', 'ends'],
    ]);
  });

  test('with one violation has failed, and says how to see it again', async () => {
    const report = await only('breaks', '--seed', '11');
    expect(violationsIn(report)).toBe(1);
    expect(closingTable(report)).toContain('BROKEN broken with seed 11');
    expect(closingTable(report)).toContain('--replay 11 --suite breaks');
  });

  test.each([
    ['throws', 'a defect of the suite'],
    ['dies', 'out of memory'],
  ])('with a suite that %s has failed by its name', async (name, why) => {
    const [result] = (await only(name)).suites;
    expect(result?.violations).toHaveLength(1);
    expect(result?.violations[0]).toContain(`the suite ${name} failed`);
    expect(result?.violations[0]).toContain(why);
  });

  test('fails as a whole when one suite of several does, and the others still count', async () => {
    const report = await run('--suite', 'passes', '--suite', 'throws', '--suite', 'breaks');
    expect(report.suites.map(({ violations }) => violations.length)).toEqual([0, 1, 1]);
  });

  test('with the same seed is the same, and with another is another', async () => {
    const drawn = async (seed: string) => (await only('passes', '--seed', seed)).suites[0]?.counts.drawn;
    expect(await drawn('5')).toBe(await drawn('5'));
    expect(await drawn('6')).not.toBe(await drawn('5'));
  });

  test('at full size tells its suites so, and compares with a peer when that is asked for', async () => {
    const report = await run('--suite', 'passes', '--full', '--peer');
    expect(report.size).toBe('full');
    expect(report.suites.map(({ counts }) => counts.size ?? counts.compared)).toEqual([2, 1]);
  });
});

describe('the command line', () => {
  test('without arguments is every suite, quick, with a seed that is drawn', () => {
    const asked = readCommandLine([], known);
    expect(asked).toMatchObject({
      size: 'quick',
      names: known.filter((name) => name !== 'peer'),
      isReplay: false,
      json: false,
    });
    expect(readCommandLine([], known)).not.toEqual(asked);
  });

  test.each([
    [['--full'], true],
    [['--full', '--peer', ...known.slice(0, 4).flatMap((name) => ['--suite', name])], true],
    [['--full', '--suite', 'passes'], false],
    [[], false],
  ])('%s is the whole proof, which the documents quote: %s', (args, isWhole) => {
    expect(readCommandLine(args, known)).toMatchObject({ isWhole });
  });

  test('--replay is a seed, and tells the first violation in full', () => {
    expect(readCommandLine(['--replay', '9'], known)).toMatchObject({ seed: 9, isReplay: true });
  });

  test.each([
    [['--suite', 'chance'], 'no suite chance'],
    [['--seed', 'seven'], 'whole number'],
    [['--seed=-1'], 'whole number'],
    [['--sede', '7'], '--sede'],
    [['--help'], '--replay'],
  ])('%s is answered in words', (args, words) => {
    expect(readCommandLine(args, known)).toMatchObject({ wrong: expect.stringContaining(words) });
  });
});

test('every suite goes by the name it is registered under, and says what it claims', async () => {
  for (const [name, load] of Object.entries(suites)) {
    const suite = await load();
    expect(suite.name).toBe(name);
    expect(suite.claim).toMatch(/^[A-Z].*\.$/);
    expect(suite.zero.length).toBeGreaterThan(0);
  }
});
