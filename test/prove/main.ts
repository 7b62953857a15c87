import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quoting, withFigures } from '../quotes.ts';
import { readCommandLine, usage } from './command-line.ts';
import { prove } from './prove.ts';
import { violationsIn } from './report.ts';
import { suites } from './suites.ts';
import { closingTable, liveWatch } from './tables.ts';

/** `npm run prove`: every claim of the documents, proven on this machine. */
const known = Object.keys(suites);
const asked = readCommandLine(process.argv.slice(2), known);
if ('wrong' in asked) {
  const isHelp = asked.wrong === usage;
  (isHelp ? process.stdout : process.stderr).write(`${asked.wrong}\n`);
  process.exit(isHelp ? 0 : 2);
}

const { watch, stop } = liveWatch(process.stderr);
process.stderr.write(`${asked.names.join(', ')}: ${asked.size}, seed ${asked.seed}\n`);
const report = await prove(import.meta.resolve('./suites.ts'), asked, watch);
stop();

const folder = join(import.meta.dirname, '../reports');
mkdirSync(folder, { recursive: true });
// The figures that documents quote are of a whole run at full size; any other is for whoever ran it.
const text = `${JSON.stringify(report, undefined, 2)}\n`;
writeFileSync(join(folder, asked.isWhole ? 'prove.json' : 'prove-latest.json'), text);
if (asked.isWhole && violationsIn(report) === 0)
  for (const file of quoting.map((name) => join(folder, '../..', name)))
    writeFileSync(file, withFigures(readFileSync(file, 'utf8'), { proof: report }));

process.stderr.write(`${closingTable(report)}\n`);
const first = report.suites.flatMap(({ name, violations }) =>
  violations.map((violation) => `${name}: ${violation}`),
)[0];
if (asked.isReplay && first !== undefined) process.stderr.write(`\nThe first, in full:\n${first}\n`);
if (asked.json) process.stdout.write(`${JSON.stringify(report)}\n`);
process.exitCode = violationsIn(report) === 0 ? 0 : 1;
