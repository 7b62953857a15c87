import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Command } from 'commander';
import { type Common, progress, tell, withPlace } from './booth-command.ts';
import { openApi } from './open-api.ts';
import { coinbooth } from './program.ts';
import { readBatch } from './read-batch.ts';
import { type LineOutcome, runBatch } from './run-batch.ts';

/** `coinbooth batch`: many requests in a file. */
export function addBatch(program: Command): void {
  withPlace(program.command('batch'))
    .description('buy every line of a JSON Lines or CSV file')
    .argument('<file>', 'each line a request with its "model"; of a table, the first row names the fields')
    .option(
      '-o, --out <folder>',
      'where what they bring and results.jsonl go; otherwise a folder named as the file',
    )
    .option('--again', 'ask anew for lines that failed with nothing spent')
    .option('--check', 'read the file, say what is wrong and what it may cost, and buy nothing')
    .addHelpText(
      'after',
      `
Examples:
  ${coinbooth} batch covers.csv --check
  ${coinbooth} batch covers.csv --out covers
  ${coinbooth} batch covers.csv --again          # after a budget was raised

Every line is checked before anything is bought. A line is bought once by what it says and the name of its file: the
same file again goes on where it was left. Exit code: 0 when every line has its picture, 1 when some have not, 2 when
the file could not be read or nobody could be asked.`,
    )
    .action(batch);
}

async function batch(
  file: string,
  options: Common & { out?: string; again?: boolean; check?: boolean },
): Promise<void> {
  const { good, bad, mostUsd } = readBatch(file, await readFile(file));
  for (const { line, errors } of bad)
    progress(`line ${line}: ${errors.map(({ field, message }) => `${field} ${message}`).join('; ')}`);
  progress(`${good.length} lines, ${mostUsd} at the most; ${bad.length} bad lines`);
  if (bad.length > 0) process.exitCode = 1;
  if (options.check) return tell(options, { good: good.length, bad, mostUsd }, []);

  const client = await openApi(options);
  const out = options.out ?? basename(file, extname(file));
  const counts = { complete: 0, failed: 0, refused: 0 };
  const bar = progressBar(good.length, counts);
  const outcomes = await runBatch(client, good, {
    out,
    again: options.again ?? false,
    tell: ({ status }) => {
      counts[status] += 1;
      bar();
    },
  });
  await mkdir(out, { recursive: true });
  const results = join(out, 'results.jsonl');
  await writeFile(results, outcomes.map((outcome) => `${JSON.stringify(outcome)}\n`).join(''));
  if (counts.complete < good.length) process.exitCode = 1;
  tell(options, { ...counts, bad: bad.length, results, lines: outcomes }, [
    ...outcomes.filter(({ status }) => status !== 'complete').map(failedLine),
    `${counts.complete} of ${good.length} are in ${out}; ${results} tells of each line`,
    ...(bad.length > 0 ? [`${bad.length} lines of ${file} are wrong and were not asked for`] : []),
  ]);
}

const failedLine = ({ line, status, reason }: LineOutcome): string =>
  `line ${line} ${status}: ${reason?.name}: ${reason?.message}`;

/** On a terminal one line that fills, otherwise a line for each tenth. */
function progressBar(total: number, counts: Readonly<Record<string, number>>): () => void {
  const width = 30;
  let saidTenths = 0;
  return () => {
    const ended = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const lost = (counts.failed ?? 0) + (counts.refused ?? 0);
    const words = `${ended} of ${total} ended${lost > 0 ? `, ${lost} without a picture` : ''}`;
    if (process.stderr.isTTY) {
      const full = Math.round((width * ended) / total);
      process.stderr.write(
        `\r[${'#'.repeat(full)}${' '.repeat(width - full)}] ${words}${ended === total ? '\n' : ''}`,
      );
      return;
    }
    const tenths = Math.floor((10 * ended) / total);
    if (tenths === saidTenths) return;
    saidTenths = tenths;
    progress(words);
  };
}
