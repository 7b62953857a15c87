import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDeployment } from '../../infra/cli/deployment.ts';
import { consoleListener } from '../../infra/console/serve.ts';
import { announceRunning } from '../../infra/local/booth/announce-running.ts';
import { openTestBooth, quick, type TestBooth } from '../flow/test-booth.ts';

/** A browser takes its share of the machine: what has trouble with time gets more of it, and what has none is as quick. */
const settings = {
  timings: {
    ...quick.timings,
    paymentDeadlineSeconds: 600,
    deliveryDeadlineSeconds: 600,
    answerSeconds: 10,
    stallSeconds: 8,
    recoverySeconds: 5,
  },
  payer: { timeoutSeconds: 16 },
};

/** A whole booth with its console at `/`, as `npm start` serves it. */
export async function openConsole(): Promise<TestBooth> {
  const booth = await openTestBooth({ settings });
  const folder = await mkdtemp(join(tmpdir(), 'coinbooth-test-'));
  await announceRunning(booth, folder);
  booth.world.serveBeside(consoleListener(await openDeployment({ local: folder })));
  return {
    ...booth,
    async close() {
      await booth.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
