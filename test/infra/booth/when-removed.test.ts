import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { whenRemoved } from '../../../infra/local/booth/when-removed.ts';

const parents: string[] = [];
afterAll(async () => {
  for (const parent of parents) await rm(parent, { recursive: true, force: true });
});

/** A folder that is watched, another place beside it, and how often its end was told. */
async function watched() {
  const parent = await mkdtemp(join(tmpdir(), 'coinbooth-test-'));
  parents.push(parent);
  const folder = join(parent, 'data');
  await mkdir(folder);
  const seen = { told: 0 };
  const stop = await whenRemoved(folder, () => {
    seen.told += 1;
  });
  return { folder, elsewhere: join(parent, 'elsewhere'), seen, stop };
}
type Watched = Awaited<ReturnType<typeof watched>>;

describe.concurrent('a data folder', () => {
  test.each<[string, (watched: Watched) => Promise<unknown>]>([
    ['removed', ({ folder }) => rm(folder, { recursive: true })],
    ['moved away', ({ folder, elsewhere }) => rename(folder, elsewhere)],
    ['replaced', ({ folder, elsewhere }) => rename(folder, elsewhere).then(() => mkdir(folder))],
  ])('that is %s is told of once', async (_how, change) => {
    const one = await watched();
    await change(one);
    await sleep(1_600);
    one.stop();
    expect(one.seen.told).toBe(1);
  });

  test('is not told of for what is written into it, nor after the end of the watch', async () => {
    const { folder, seen, stop } = await watched();
    await writeFile(join(folder, 'picture'), '');
    await sleep(700);
    stop();
    await rm(folder, { recursive: true });
    await sleep(700);
    expect(seen.told).toBe(0);
  });
});
