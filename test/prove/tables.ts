import type { Report, Result } from './report.ts';
import { violationsIn } from './report.ts';
import type { Watch } from './run-suites.ts';

const grouped = (count: number): string => count.toLocaleString('en-US', { maximumFractionDigits: 1 });

/** The whole run, for people. */
export function closingTable(report: Report): string {
  const { suites, seed, size, commit, node, seconds } = report;
  const violations = violationsIn(report);
  const parameters = `${size}, seed ${seed}, commit ${commit}, node ${node}, ${seconds} s`;
  const verdict =
    violations === 0
      ? `Nothing was broken (${parameters}).`
      : `${violations} violations (${parameters}). See one again: npm run prove -- --replay ${seed} --suite ${
          suites.find((suite) => suite.violations.length > 0)?.name
        }${size === 'full' ? ' --full' : ''}`;
  return [...suites.flatMap(lines), '', verdict].join('\n');
}

function lines({ name, claim, counts, seconds, violations, notes, zero }: Result): string[] {
  const shown = Object.entries(counts).map(([what, count]) => `${grouped(count)} ${what}`);
  const outcome =
    violations.length === 0
      ? [`  zero   ${zero.join(', ')}`]
      : violations.slice(0, 3).map((violation) => `  BROKEN ${violation.slice(0, 600)}`);
  const more = violations.length > 3 ? [`  …      and ${violations.length - 3} more in the report`] : [];
  return [
    '',
    `${violations.length === 0 ? 'ok    ' : 'BROKEN'} ${name.padEnd(12)} ${`${seconds} s`.padStart(8)}  ${claim}`,
    `  did    ${shown.join(', ')}`,
    ...outcome,
    ...more,
    ...notes.map((note) => `         ${note}`),
  ];
}

/** Tells on a stream how far each suite is: in one line that changes on a terminal, else by a line per beginning and end. */
export function liveWatch(stream: NodeJS.WriteStream): { watch: Watch; stop: () => void } {
  const running = new Map<string, string>();
  const show = (): void => {
    if (stream.isTTY) stream.write(`\r\x1b[2K${[...running].map((one) => one.join(' ')).join('   ')}`);
  };
  return {
    watch(name, state) {
      if (state === 'ends') running.delete(name);
      else if (state === 'begins') running.set(name, '…');
      else running.set(name, `${Math.min(100, Math.round((100 * state.done) / Math.max(state.total, 1)))} %`);
      if (!stream.isTTY && typeof state === 'string') stream.write(`${name} ${state}\n`);
      show();
    },
    stop: () => void (stream.isTTY && stream.write('\r\x1b[2K')),
  };
}
