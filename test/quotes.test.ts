import { describe, expect, test } from 'vitest';
import { type BenchReport, benchReportSchema } from './bench/report.ts';
import { type Report, reportSchema, violationsIn } from './prove/report.ts';
import { quotesIn, quoting, withFigures } from './quotes.ts';
import { textOf } from './rules/house-files.ts';

const report = reportSchema.parse(JSON.parse(textOf('test/reports/prove.json')));
const bench = benchReportSchema.parse(JSON.parse(textOf('test/reports/bench.json')));

test('the report that documents quote is of a whole run in which nothing was broken', () => {
  expect([report.size, violationsIn(report)]).toEqual(['full', 0]);
  expect(report.commit).toMatch(/^[0-9a-f]{12}$/);
});

test('what the bench says was measured on a tree without changes of its own', () => {
  for (const { commit } of Object.values(bench.parts)) expect(commit).toMatch(/^[0-9a-f]{12}$/);
});

test.each(quoting)('every figure that %s quotes is the report’s', (file) => {
  const text = textOf(file);
  expect(quotesIn(text)).toBeGreaterThan(2);
  expect(withFigures(text, { proof: report, bench })).toBe(text);
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
    expect(withFigures(text, { proof: made })).toBe(filled);
    expect(quotesIn(filled)).toBe(2);
  });

  test('does not let a figure be quoted that the report does not have', () => {
    expect(() => withFigures('<!--proved model claims-->9<!--/-->', { proof: made })).toThrow(
      'no claims of model',
    );
  });

  test('puts the bench’s figures in theirs, with the digits that are asked for', () => {
    const part = {
      claim: 'It costs.',
      seed: 1,
      commit: 'abc',
      day: '2026-11-25',
      node: 'v24',
      machine: 'x64',
      seconds: 9,
      counts: { 'picture: $': 0.15378, 'jobs a second': 12.3456 },
      notes: [],
    };
    const report: BenchReport = { parts: { cost: part } };
    const text = '$<!--benched cost.2 picture: $-->9<!--/-->, <!--benched cost jobs a second--><!--/-->';
    expect(withFigures(text, { bench: report })).toBe(
      '$<!--benched cost.2 picture: $-->0.15<!--/-->, <!--benched cost jobs a second-->12.346<!--/-->',
    );
    expect(withFigures(text, { proof: made })).toBe(text);
    expect(() => withFigures('<!--benched cost video-->9<!--/-->', { bench: report })).toThrow(
      'no video of cost',
    );
  });
});
