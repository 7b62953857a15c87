import type { Report } from './report.ts';

/**
 * Figures in documents are never typed: between the two marks stands what the report says, by suite and count, or
 * `run seconds` of the whole. `<!--proved model states-->4,127,352<!--/-->`
 */
const quote = /<!--proved (?<suite>[a-z]+) (?<count>[^>]+?)-->(?<text>[^<]*)<!--\/-->/g;

/** Documents that quote the report. */
export const quoting = ['README.md', 'infra/decisions/how-to-break-it.md'] as const;

/** A document with the figures of a report in their places. */
export const withFigures = (text: string, report: Report): string =>
  text.replaceAll(quote, (_whole, suite: string, count: string) => {
    const figure = figureOf(report, suite, count);
    if (figure === undefined) throw new Error(`The report has no ${count} of ${suite}.`);
    return `<!--proved ${suite} ${count}-->${figure.toLocaleString('en-US')}<!--/-->`;
  });

/** How many figures a document quotes. */
export const quotesIn = (text: string): number => text.match(quote)?.length ?? 0;

function figureOf(report: Report, suite: string, count: string): number | undefined {
  if (suite === 'run')
    return count === 'seconds' ? report.seconds : count === 'cpus' ? report.cpus : undefined;
  const result = report.suites.find(({ name }) => name === suite);
  return count === 'seconds' ? result?.seconds : result?.counts[count];
}
