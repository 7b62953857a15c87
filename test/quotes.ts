import type { BenchReport } from './bench/report.ts';
import type { Report } from './prove/report.ts';

/**
 * Figures in documents are never typed: between the two marks stands what a report says. Of the proof by suite and count,
 * or `run seconds` of the whole: `<!--proved model states-->4,127,352<!--/-->`; of the bench by part and count, with so
 * many digits behind the point: `<!--benched cost.2 picture: $ in all-->0.15<!--/-->`.
 */
const quote =
  /<!--(?<by>proved|benched) (?<of>[a-z]+)(?:\.(?<digits>\d))? (?<count>[^>]+?)-->(?<text>[^<]*)<!--\/-->/g;

/** Documents that quote a report. */
export const quoting = ['README.md', 'infra/decisions/how-to-break-it.md'] as const;

/** What can be quoted from; a report that is not given leaves its figures as they stand. */
export interface Reports {
  readonly proof?: Report;
  readonly bench?: BenchReport;
}

/** A document with the figures of the reports in their places. */
export const withFigures = (text: string, { proof, bench }: Reports): string =>
  text.replaceAll(quote, (whole, by: string, of: string, digits: string | undefined, count: string) => {
    if ((by === 'proved' ? proof : bench) === undefined) return whole;
    const figure = by === 'proved' ? proof && proven(proof, of, count) : bench?.parts[of]?.counts[count];
    if (figure === undefined) throw new Error(`The report has no ${count} of ${of}.`);
    const exactly = digits === undefined ? {} : { minimumFractionDigits: Number(digits) };
    const shown = figure.toLocaleString('en-US', { maximumFractionDigits: Number(digits ?? 3), ...exactly });
    return `<!--${by} ${of}${digits === undefined ? '' : `.${digits}`} ${count}-->${shown}<!--/-->`;
  });

/** How many figures a document quotes. */
export const quotesIn = (text: string): number => text.match(quote)?.length ?? 0;

function proven(report: Report, suite: string, count: string): number | undefined {
  if (suite === 'run')
    return count === 'seconds' ? report.seconds : count === 'cpus' ? report.cpus : undefined;
  const result = report.suites.find(({ name }) => name === suite);
  return count === 'seconds' ? result?.seconds : result?.counts[count];
}
