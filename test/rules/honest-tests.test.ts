import { describe, expect, test } from 'vitest';
import { programFiles, textOf } from './house-files.ts';
import { nameOf, nodesOf, type SyntaxNode } from './read-program.ts';

const evasions = /^(skip|skipIf|runIf|only|todo|fails|retry|repeats|allowOnly|passWithNoTests)$/;

/** Where a test is passed over, singled out, put off, expected to fail or tried again. */
function evasionsIn(file: string, text: string): string[] {
  return nodesOf(file, text).flatMap(({ node }) => {
    const name = evasion(node);
    return name === undefined ? [] : [`${file}: ${name}`];
  });
}

function evasion({ type, property, key, value }: SyntaxNode): string | undefined {
  const name = nameOf(type === 'MemberExpression' ? property : type === 'Property' ? key : undefined);
  if (name === undefined || !evasions.test(name)) return undefined;
  const off = (value as { value?: unknown } | undefined)?.value;
  return off === 0 || off === false ? undefined : name;
}

test('every test runs, once, and counts', () => {
  const files = programFiles().filter((file) => file.startsWith('test/'));
  expect(files).toContain('test/vitest.config.ts');
  expect(files.flatMap((file) => evasionsIn(file, textOf(file)))).toEqual([]);
});

test('no script softens the run', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  for (const script of Object.values(scripts))
    expect(script).not.toMatch(/--(retry|passWithNoTests|allowOnly|bail|exclude|testNamePattern)|\|\| *true/);
});

describe('the rule, on tests that are made up', () => {
  test.each([
    [`test.${'skip'}('pays', () => {});`, 'skip'],
    [`describe.${'only'}('pays', () => {});`, 'only'],
    [`it.${'todo'}('pays');`, 'todo'],
    [`test.concurrent.${'skip'}('pays', () => {});`, 'skip'],
    ["test['skip']('pays', () => {});", 'skip'],
    ["test.skipIf(slow)('pays', () => {});", 'skipIf'],
    ["test.runIf(fast)('pays', () => {});", 'runIf'],
    ["test.fails('pays', () => {});", 'fails'],
    ["test('pays', ({ skip }) => skip());", 'skip'],
    [`test('pays', (context) => context.${'skip'}());`, 'skip'],
    [`test('pays', { retry: ${2} }, () => {});`, 'retry'],
    ["test('pays', { skip: true }, () => {});", 'skip'],
    ['export default { test: { allowOnly: true } };', 'allowOnly'],
  ])('sees %s', (text, name) => {
    expect(evasionsIn('test/core/job.test.ts', text)).toEqual([`test/core/job.test.ts: ${name}`]);
  });

  test.each([
    "test('pays', () => {}); // test.skip",
    'export default { test: { retry: 0, allowOnly: false } };',
    "expect(retryCanHelp(job)).toBe(false); const retries = job.retries; const a = 'test.only';",
  ])('accepts %s', (text) => {
    expect(evasionsIn('test/core/job.test.ts', text)).toEqual([]);
  });
});
