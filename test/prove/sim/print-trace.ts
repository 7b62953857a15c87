import { argv, exit, stdout } from 'node:process';
import { replay } from './replay.ts';

/** `npx --no-install node test/prove/sim/print-trace.ts SEED`: one schedule of the simulator, call by call. */
const seed = Number(argv[2]);
if (!Number.isSafeInteger(seed)) {
  stdout.write('Which seed? A violation of the suite "sim" names it.\n');
  exit(2);
}
const isSound = await replay(seed, (line) => stdout.write(`${line}\n`));
exit(isSound ? 0 : 1);
