import { parseArgs } from 'node:util';
import { buyManifest } from '../../infra/local/booth/buy-manifest.ts';
import { openTestBooth } from '../flow/test-booth.ts';

/**
 * `npm run bench:manifest`: a manifest of a thousand lines on the local world, every twentieth line wrong, the manifest
 * function killed in the middle. Prints a table, and one JSON object as its last line; exits with 1 when anything was
 * bought twice or not at all.
 */
const { values } = parseArgs({ options: { lines: { type: 'string', default: '1000' } } });
const lines = Number(values.lines);
if (!Number.isInteger(lines) || lines < 20 || lines > 1000) throw new Error('--lines takes 20 to 1000.');
const bad = Math.floor(lines / 20);
const good = lines - bad;

const manifest = Array.from({ length: lines }, (_, index) =>
  JSON.stringify({
    model: 'flux-2-pro/generate',
    prompt: 'a kite among many',
    resolution: index % 20 === 19 ? '9 MP' : '0.5 MP',
    seed: index,
  }),
).join('\n');

const begun = performance.now();
const seconds = (since: number): number => Number(((performance.now() - since) / 1000).toFixed(1));
const booth = await openTestBooth({
  settings: { timings: { stallSeconds: 10, pollingScale: 0.1 }, payer: { timeoutSeconds: 60 } },
  sandbox: { renderSeconds: 0, pictureStyle: 'plain' },
});
try {
  const readySeconds = seconds(begun);
  let puts = 0;
  let kills = 0;
  booth.tap.current = async ({ functionId, workerId, operation, phase }) => {
    if (!functionId?.startsWith('manifest') || operation !== 'PutItem' || phase !== 'after') return;
    puts += 1;
    if (puts === Math.floor(lines / 2)) kills = await booth.world.kill(functionId, workerId);
  };
  const dropped = performance.now();
  let firstSeconds: number | undefined;
  booth.world.onEvent(({ event }) => {
    if (event['detail-type'] === 'JobDelivered') firstSeconds ??= seconds(dropped);
  });
  const bought = await buyManifest(booth.world, 'bench.jsonl', Buffer.from(manifest), (line) =>
    console.error(`${seconds(dropped).toFixed(1).padStart(7)} s  ${line}`),
  );
  const takenSeconds = seconds(dropped);

  const { ended = {} } = bought.finished ?? {};
  const { delivered = 0 } = ended;
  const settlements = (await booth.sandbox?.chain.settlements(booth.wallet)) ?? [];
  const figures = {
    lines,
    good,
    bad: bought.finished?.bad ?? 0,
    kills,
    delivered,
    settlements: settlements.length,
    spentAtomic: bought.finished?.spentAtomic ?? '0',
    readySeconds,
    firstSeconds: firstSeconds ?? 0,
    takenSeconds,
    picturesPerSecond: Number((delivered / takenSeconds).toFixed(2)),
  };
  for (const [name, figure] of Object.entries(figures)) console.log(`${name.padEnd(18)} ${figure}`);
  console.log(JSON.stringify(figures));
  const whole = delivered === good && settlements.length === good && figures.bad === bad && kills === 1;
  process.exitCode = whole ? 0 : 1;
} finally {
  await booth.close();
}
