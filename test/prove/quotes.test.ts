import { describe, expect, test } from 'vitest';
import { textOf } from '../rules/house-files.ts';
import { quotesIn, quoting, withFigures } from './quotes.ts';
import { type Report, reportSchema, violationsIn } from './report.ts';

const report = reportSchema.parse(JSON.parse(textOf('test/reports/prove.json')));

test('the report that documents quote is of a whole run in which nothing was broken', () => {
  expect([report.size, violationsIn(report)]).toEqual(['full', 0]);
  expect(report.commit).toMatch(/^[0-9a-f]{12}$/);
});

test.each(quoting)('every figure that %s quotes is the report’s', (file) => {
  const text = textOf(file);
  expect(quotesIn(text)).toBeGreaterThan(2);
  expect(withFigures(text, report)).toBe(text);
});

describe('the rule, on a document that is made up', () => {
  const made: Report = {
    size: 'full',
    seed: 1,
    commit: 'abc',
    node: 'v24',
    cpus: 2,
    seconds: 61.5,
    suites: [
      {
        name: 'model',
        claim: 'It holds.',
        counts: { states: 1_234_567 },
        seconds: 8,
        violations: [],
        notes: [],
        zero: [],
      },
    ],
  };

  test('puts figures in their places, whatever stood there', () => {
    const text = 'It has <!--proved model states-->7<!--/--> states, in <!--proved run seconds--><!--/--> s.';
    const filled =
      'It has <!--proved model states-->1,234,567<!--/--> states, in <!--proved run seconds-->61.5<!--/--> s.';
    expect(withFigures(text, made)).toBe(filled);
    expect(quotesIn(filled)).toBe(2);
  });

  test('does not let a figure be quoted that the report does not have', () => {
    expect(() => withFigures('<!--proved model claims-->9<!--/-->', made)).toThrow('no claims of model');
  });
});
