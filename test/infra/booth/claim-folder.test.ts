import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimFolder } from '../../../infra/local/booth/claim-folder.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coinbooth-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a folder is claimed when nobody is there, and not from a booth that answers', async () => {
  await claimFolder(folder);
  await writeFile(join(folder, 'running.json'), 'half a no');
  await claimFolder(folder);

  const server = createServer((_, response) => response.end('{"models":[]}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sdk = {
    region: 'us-east-1',
    endpoint: origin,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  };
  const note = {
    origin,
    tableName: 'table',
    wallet: '0x',
    settings: {},
    dynamoDb: sdk,
    sqs: sdk,
    s3: sdk,
    paymentsUrl: origin,
    deadLettersUrl: origin,
    picturesBucket: 'pictures',
    inboxBucket: 'inbox',
  };
  await writeFile(join(folder, 'running.json'), JSON.stringify(note));
  await expect(claimFolder(folder)).rejects.toThrow(`is running already, at ${origin}`);

  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  // Its note was left behind: it ended in no good way.
  await claimFolder(folder);
});
