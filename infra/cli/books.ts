import { writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { dayOf } from '../../shared/core/budget.ts';
import { type BookFormat, bookFile, bookFormats } from './book-file.ts';
import { type BookLine, bookLines } from './book-lines.ts';
import { type Common, progress, tell, withPlace } from './booth-command.ts';
import { openDeployment } from './deployment.ts';
import { coinbooth } from './program.ts';
import { plainSums, reportScopes, summarise, sumsLine } from './summarise-books.ts';

interface Days extends Common {
  readonly from?: string;
  readonly to?: string;
}

const withDays = (command: Command): Command =>
  withPlace(command)
    .option(
      '--from <day>',
      'the first day (UTC), such as 2026-11-01; otherwise the first of this month',
      readDay,
    )
    .option('--to <day>', 'the day after the last one; otherwise tomorrow', readDay);

/** The commands of whoever keeps the books: `export` and `report`. */
export function addBooks(program: Command): void {
  withDays(program.command('export'))
    .description('the books: every authorization with what became of its money, and its transaction')
    .addOption(new Option('--format <format>', 'of the file').choices(bookFormats).default('csv'))
    .option('-o, --out <file>', 'into this file; otherwise on stdout')
    .addHelpText(
      'after',
      `
Examples:
  ${coinbooth} export --from 2026-11-01 --to 2026-12-01 --out november.csv
  ${coinbooth} export --format parquet --out books.parquet

A line is in the book of the day on which a final block showed what became of it; what is open is listed under the day
that it was reserved. Settled lines are not changed any more. Cells are text, and none is a formula.`,
    )
    .action(exportBooks);
  withDays(program.command('report'))
    .description('what was spent and lost, by day, caller, model and payee')
    .addHelpText(
      'after',
      `\nExamples:\n  ${coinbooth} report\n  ${coinbooth} report --from 2026-11-24 --to 2026-11-25 --json`,
    )
    .action(report);
}

async function linesOf(options: Days): Promise<{ lines: BookLine[]; from: string; to: string }> {
  const now = Date.now();
  const from = options.from ?? `${dayOf(now).slice(0, 7)}-01`;
  const to = options.to ?? dayOf(now + 86_400_000);
  if (from >= to)
    throw new Error(`No day is from ${from} to before ${to}: --to is the day after the last one.`);
  return { lines: await bookLines(await openDeployment(options), from, to), from, to };
}

async function exportBooks(options: Days & { format: BookFormat; out?: string }): Promise<void> {
  if (options.format === 'parquet' && options.out === undefined)
    throw new Error('Parquet goes into a file: say which with --out.');
  const { lines, from, to } = await linesOf(options);
  const file = bookFile(lines, options.format);
  const { total } = summarise(lines);
  progress(sumsLine(`${lines.length} lines from ${from} to before ${to}`, total));
  if (options.out !== undefined) {
    await writeFile(options.out, file);
    tell(options, { file: options.out, lines: lines.length, from, to, ...plainSums(total) }, [options.out]);
  } else process.stdout.write(file);
}

async function report(options: Days): Promise<void> {
  const { lines, from, to } = await linesOf(options);
  const { total, by } = summarise(lines);
  const plain = reportScopes.map((scope) => [
    scope,
    by[scope].map(({ name, ...sums }) => ({ name, ...plainSums(sums) })),
  ]);
  tell(options, { from, to, total: plainSums(total), by: Object.fromEntries(plain) }, [
    sumsLine(`from ${from} to before ${to}`, total),
    ...reportScopes.flatMap((scope) => [
      '',
      `by ${scope}`,
      ...by[scope].map(({ name, ...sums }) => sumsLine(`  ${name}`, sums)),
    ]),
    ...(total.open > 0n ? ['', openMeans] : []),
  ]);
}

const openMeans = 'open: signed or about to be, and no final block has shown yet what became of it';

function readDay(text: string): string {
  const time = Date.parse(text);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(time) || dayOf(time) !== text)
    throw new InvalidArgumentError('It must be a day such as 2026-11-25.');
  return text;
}
