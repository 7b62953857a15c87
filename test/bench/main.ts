import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { commitHere } from '../prove/commit-here.ts';
import { quoting, withFigures } from '../quotes.ts';
import { readCommandLine } from './command-line.ts';
import { parts } from './parts.ts';
import { type BenchReport, benchReportSchema, type PartReport } from './report.ts';

/** `npm run bench`: counts and times of this machine, kept in `test/reports/bench.json` for the documents that quote them. */
const asked = readCommandLine(
  process.argv.slice(2),
  Object.fromEntries(parts.map(({ name, claim }) => [name, claim])),
);
if ('wrong' in asked) {
  process.stderr.write(`${asked.wrong}\n`);
  process.exit(2);
}

const measured: Record<string, PartReport> = {};
for (const { name, claim, measure } of parts.filter((part) => asked.names.includes(part.name))) {
  process.stderr.write(`\n${name}: ${claim}\n`);
  const from = performance.now();
  const { counts, notes } = await measure({
    seed: asked.seed,
    isShort: asked.isShort,
    say: (line) => process.stderr.write(`  … ${line}\n`),
  });
  measured[name] = {
    claim,
    seed: asked.seed,
    commit: commitHere(),
    day: new Date().toISOString().slice(0, 10),
    node: process.version,
    machine: `${process.arch}, ${availableParallelism()} cores, ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    seconds: Math.round((performance.now() - from) / 100) / 10,
    counts,
    notes: [...notes],
  };
  for (const note of notes) process.stderr.write(`  ${note}\n`);
}

const folder = join(import.meta.dirname, '../reports');
mkdirSync(folder, { recursive: true });
// Figures that documents quote are of a part at its whole size; any other is for whoever ran it.
const kept = join(folder, 'bench.json');
const before: BenchReport = asked.isShort ? { parts: {} } : readReport(kept);
const report: BenchReport = { parts: { ...before.parts, ...measured } };
writeFileSync(
  asked.isShort ? join(folder, 'bench-latest.json') : kept,
  `${JSON.stringify(report, undefined, 2)}\n`,
);
if (!asked.isShort)
  for (const file of quoting.map((name) => join(folder, '../..', name)))
    writeFileSync(file, withFigures(readFileSync(file, 'utf8'), { bench: report }));
if (asked.json) process.stdout.write(`${JSON.stringify({ parts: measured })}\n`);

function readReport(file: string): BenchReport {
  try {
    return benchReportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { parts: {} };
    throw error;
  }
}
