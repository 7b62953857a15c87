import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LocalBooth } from '../../../infra/cli/local-booth.ts';
import { boothSchema } from '../../../infra/console/answers.ts';

/** `coinbooth console` as a person starts it, for a booth whose note lies in a folder. */

const root = join(import.meta.dirname, '../../..');
const wallet = '0x5e11E500000000000000000000000000000c01B0';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coinbooth-test-'));
  const nobody = 'http://127.0.0.1:9';
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'none' };
  const sdk = { region: 'us-east-1', endpoint: nobody, credentials };
  const asset = { network: 'eip155:31337', asset: wallet, name: 'USD Coin', version: '2', decimals: 6 };
  const note: LocalBooth = {
    origin: nobody,
    tableName: 'Ledger',
    wallet,
    settings: { seller: { origin: nobody, pictureOrigins: [nobody], payees: [wallet], assets: [asset] } },
    dynamoDb: sdk,
    sqs: sdk,
    s3: sdk,
    paymentsUrl: nobody,
    deadLettersUrl: nobody,
    picturesBucket: 'pictures',
    inboxBucket: 'inbox',
  };
  await writeFile(join(folder, 'running.json'), JSON.stringify(note));
});
afterAll(() => rm(folder, { recursive: true }));

const coinbooth = (...args: string[]) =>
  spawn(process.execPath, ['infra/cli/main.ts', ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });

test('it says where it is, serves there, tells of a booth that does not answer, and ends when it is told to', async () => {
  const child = coinbooth('console', '--local', folder);
  const failed = text(child.stderr).then((said) => [said]);
  const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), failed])) as [string];
  expect(line).toContain('The console of');
  const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? '';
  const page = await fetch(`${origin}/`);
  expect([page.status, await page.text()]).toEqual([
    200,
    expect.stringContaining('<title>Coinbooth</title>'),
  ]);
  const [, key = ''] = /#key=([0-9a-f]{64})$/.exec(line) ?? [];
  expect(
    (await fetch(`${origin}/operator/booth`, { headers: { 'x-coinbooth-console': 'page' } })).status,
  ).toBe(403);
  const headers = { 'x-coinbooth-console': key };
  const booth = boothSchema.parse(await (await fetch(`${origin}/operator/booth`, { headers })).json());
  expect(booth).toMatchObject({ name: folder, isLocal: true, wallet });
  const jobs = await fetch(`${origin}/api/jobs`, { headers });
  expect([jobs.status, await jobs.json()]).toEqual([
    502,
    expect.objectContaining({ detail: 'Nobody answers at the address of the API.' }),
  ]);
  child.kill('SIGINT');
  expect(await once(child, 'close')).toEqual([0, null]);
});

test.each([
  [['--local', '/nowhere'], 'start a booth'],
  [['--port', 'many'], 'a number from 0 to 65535'],
])('%j is refused in words, with 2', async (args, words) => {
  const child = coinbooth('console', ...args);
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect([code, said]).toEqual([2, expect.stringContaining(words)]);
});
