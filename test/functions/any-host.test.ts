import { type ClientRequest, createServer, type RequestOptions, request } from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { deliver } from '../../functions/poller/deliver.ts';
import { download } from '../../shared/seller/download.ts';
import { openBooth, webp } from './booth.ts';
import { happened, jobAfter, stages } from './jobs.ts';

/** The internet of this test: a host behind a public address, which is a server on loopback in truth. */
const internet = { port: 0, address: '192.0.66.7', asked: [] as string[] };

function overLoopback(url: URL, options: RequestOptions): ClientRequest {
  internet.asked.push(url.host);
  const sent = request(`http://127.0.0.1:${internet.port}${url.pathname}`, { ...options, lookup: undefined });
  sent.on('socket', (socket) => Object.defineProperty(socket, 'remoteAddress', { value: internet.address }));
  return sent;
}

const host = createServer((_request, response) => response.end(webp));
beforeAll(async () => {
  vi.spyOn(https, 'request').mockImplementation(overLoopback as typeof https.request);
  syncBuiltinESMExports();
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  internet.port = (host.address() as AddressInfo).port;
});
afterAll(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  host.close();
});

const rendered = jobAfter(stages().watched, happened.rendered('https://abc.blobs.test/x.webp?token=secret'));

/** A delivery that downloads in earnest. */
async function delivered(pin?: readonly string[]) {
  const booth = openBooth();
  booth.ledger.put(rendered);
  const { ports } = booth.process();
  const resolve = async () => [{ address: internet.address, family: 4 }];
  const run = deliver(
    { ...ports, download: (url, bounds) => download(url, { ...bounds, pin, resolve }) },
    rendered.jobId,
  );
  return {
    outcome: await run.then(
      () => 'ended',
      (error: Error) => error.name,
    ),
    booth,
  };
}

test('a result on a public host that no setting lists is delivered', async () => {
  const { outcome, booth } = await delivered();
  expect(outcome).toBe('ended');
  expect(await booth.read(rendered.jobId)).toMatchObject({ status: 'delivered', asset: { format: 'webp' } });
  expect(internet.asked).toEqual(['abc.blobs.test']);
});

test('with a pin that does not list its host, the same result is not asked for', async () => {
  internet.asked.length = 0;
  const { outcome, booth } = await delivered(['https://seller.test']);
  expect(outcome).toBe('AssetUnavailable');
  expect(await booth.read(rendered.jobId)).toMatchObject({ status: 'submitted' });
  expect(internet.asked).toEqual([]);
});
