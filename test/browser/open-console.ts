import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDeployment } from '../../infra/cli/deployment.ts';
import { consoleListener } from '../../infra/console/serve.ts';
import { announceRunning } from '../../infra/local/booth/announce-running.ts';
import { openTestBooth, type TestBooth } from '../flow/test-booth.ts';

/** A whole booth with its console at `/`, as `npm start` serves it. */
export async function openConsole(): Promise<TestBooth> {
  const booth = await openTestBooth();
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
