import { afterAll, beforeAll, expect, test } from 'vitest';
import { buyManifest } from '../../infra/local/booth/buy-manifest.ts';
import { openTestBooth, quick, type TestBooth } from './test-booth.ts';

let booth: TestBooth;
beforeAll(async () => {
  // Forty at once share two cores: they get the time that one alone does not need.
  const timings = { ...quick.timings, answerSeconds: 20, stallSeconds: 5, recoverySeconds: 5 };
  booth = await openTestBooth({
    settings: { timings, payer: { timeoutSeconds: 30 } },
    sandbox: { renderSeconds: 0, pictureStyle: 'plain' },
  });
});
afterAll(() => booth?.close());

/** Forty lines, of which every tenth is wrong. */
const manifest = Array.from({ length: 40 }, (_, index) =>
  JSON.stringify({
    model: 'flux-2-pro/generate',
    id: `label ${index}`,
    prompt: 'a kite among many',
    resolution: index % 10 === 9 ? '9 MP' : '0.5 MP',
    seed: index,
  }),
).join('\n');

test('forty lines, killed twice: 36 pictures, 36 payments, 4 reports', {
  timeout: 180_000,
}, async () => {
  let puts = 0;
  let kills = 0;
  booth.tap.current = async ({ functionId, workerId, operation, phase }) => {
    if (!functionId?.startsWith('manifest') || operation !== 'PutItem' || phase !== 'after') return;
    puts += 1;
    if (puts === 12 || puts === 36) kills += await booth.world.kill(functionId, workerId);
  };
  const progress = new Set<string>();
  const bought = await buyManifest(booth.world, 'two words + more.jsonl', Buffer.from(manifest), (line) =>
    progress.add(line),
  );
  booth.tap.current = undefined;
  expect(kills).toBe(2);
  expect(bought).toMatchObject({
    key: 'requests/two words + more.jsonl',
    finished: { lines: 40, bad: 4, ended: { delivered: 36 }, spentAtomic: '720000', openAtomic: '0' },
  });
  const { results } = bought;
  expect(results.map(({ line, id }) => [line, id])).toEqual(
    Array.from({ length: 40 }, (_, index) => [index + 1, `label ${index}`]),
  );
  const [bad, good] = [true, false].map((wanted) =>
    results.filter(({ status }) => (status === 'invalid') === wanted),
  );
  expect(bad?.map(({ line, errors }) => [line, errors?.map(({ field }) => field)])).toEqual(
    [10, 20, 30, 40].map((line) => [line, ['resolution']]),
  );
  expect(new Set(good?.map(({ jobId }) => jobId)).size).toBe(36);
  for (const { asset } of good ?? []) expect(booth.world.object('Pictures', asset?.key ?? '')).toBeDefined();

  const settlements = (await booth.sandbox?.chain.settlements(booth.wallet)) ?? [];
  expect(settlements).toHaveLength(36);
  expect(new Set(settlements.map(({ transaction }) => transaction)).size).toBe(36);
  const first = booth.world.object('Pictures', `results/${bought.manifestId}/lines/000001.json`);
  expect(JSON.parse(first?.body.toString() ?? '')).toEqual(results[0]);
  expect([...progress].some((line) => /^manifest: \d+ of 36 ended, 4 bad lines$/.test(line))).toBe(true);
  for (const queue of ['ArrivalDeadLetters', 'ManifestDeadLetters', 'PaymentDeadLetters'])
    expect(booth.world.queue(queue).bodies()).toEqual([]);
});

test('the same again, by the same person and under the same name, buys nothing', async () => {
  const bought = await buyManifest(booth.world, 'two words + more.jsonl', Buffer.from(manifest));
  expect(bought.results).toHaveLength(40);
  expect(await booth.sandbox?.chain.settlements(booth.wallet)).toHaveLength(36);
});

test('one that is no text is refused', async () => {
  const bought = await buyManifest(booth.world, 'archive.jsonl', Buffer.from('PK\x03\x04'));
  expect(bought).toMatchObject({ refused: { name: 'ManifestNotText' }, results: [] });
});

test('what functions print holds no prompt and no label', () => {
  const lines = booth.world
    .logs()
    .map(({ text }) => text)
    .join('\n');
  expect(lines).not.toMatch(/a kite among many|label \d/);
});
