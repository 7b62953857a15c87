import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, startChain } from '../../../infra/local/chain/start-chain.ts';
import { type Seller, startSeller } from '../../../infra/local/seller/start-seller.ts';
import { inspectVideo } from './inspect-video.ts';
import { createReferenceBuyer, type JobRecord, type ReferenceBuyer, read } from './reference-buyer.ts';

const PATH = '/api/generate/seedance-fast/t2v';
const BODY = { prompt: 'A tram', duration: '4', aspectRatio: '1:1', outputResolution: '480p' };

describe('what the sandbox can do to a video', () => {
  let chain: Chain;
  let seller: Seller;
  let buyer: ReferenceBuyer;
  let job: JobRecord;

  beforeAll(async () => {
    chain = await startChain();
    seller = await startSeller({
      chain,
      payTo: '0x000000000000000000000000000000000000bEEF',
      timeScale: 0,
      pictureStyle: 'plain',
    });
    buyer = await createReferenceBuyer(chain, seller, { mostAtomic: 1_000_000n });
    const { jobId } = await read<JobRecord>(await buyer.buy(BODY, PATH));
    job = await read<JobRecord>(await buyer.get(`/api/jobs/${jobId}`));
  });
  afterEach(() => seller.faults.clear());
  afterAll(async () => {
    await seller.close();
    await chain.close();
  });

  const video = (): Promise<Response> => fetch(job.result?.videoUrl ?? '');
  const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());

  it('nothing without a fault, nor with one for pictures; and it is drawn once', async () => {
    seller.faults.set('html-picture');
    const [first, second] = [await bytesOf(await video()), await bytesOf(await video())];
    expect(await inspectVideo(first)).toMatchObject({ codec: 'h264', width: 480, height: 480, seconds: 4 });
    expect(second.equals(first)).toBe(true);
    expect(seller.faults.used('html-picture')).toBe(0);
  });

  it('html-video is a web page', async () => {
    seller.faults.set('html-video', { times: 1 });
    const answer = await video();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html']);
    expect(await answer.text()).toMatch(/^<!doctype html>/);
    expect((await video()).headers.get('content-type')).toBe('video/mp4');
  });

  it('truncated-video says it is whole, and cannot be played', async () => {
    const whole = await bytesOf(await video());
    seller.faults.set('truncated-video');
    const answer = await video();
    const bytes = await bytesOf(answer);
    expect(answer.headers.get('content-length')).toBe(String(bytes.length));
    expect(whole.subarray(0, bytes.length).equals(bytes)).toBe(true);
    expect(bytes.length).toBeLessThan(whole.length);
    await expect(inspectVideo(bytes)).rejects.toThrow();
  });

  it('huge-video streams more than 600 MB, unannounced, and holds none of it', async () => {
    seller.faults.set('huge-video');
    const answer = await video();
    expect(answer.headers.get('content-length')).toBeNull();
    const before = process.memoryUsage().rss;
    let [length, most] = [0, 0];
    for await (const chunk of answer.body ?? []) {
      length += chunk.length;
      most = Math.max(most, process.memoryUsage.rss() - before);
    }
    expect(length).toBeGreaterThan(600_000_000);
    expect(most).toBeLessThan(300_000_000);
  });

  it('missing-thumbnail is a link to nothing', async () => {
    seller.faults.set('missing-thumbnail', { times: 1 });
    expect((await fetch(job.result?.thumbnailUrl ?? '')).status).toBe(404);
    expect((await fetch(job.result?.thumbnailUrl ?? '')).status).toBe(200);
    expect((await video()).status).toBe(200);
  });

  it('expired-picture-url and foreign-picture-host strike both links', async () => {
    const polled = async () => (await read<JobRecord>(await buyer.get(`/api/jobs/${job.jobId}`))).result;
    seller.faults.set('expired-picture-url', { times: 1 });
    const dead = await polled();
    for (const url of [dead?.videoUrl, dead?.thumbnailUrl]) expect((await fetch(url ?? '')).status).toBe(403);
    seller.faults.set('foreign-picture-host', { times: 1 });
    const foreign = await polled();
    for (const url of [foreign?.videoUrl, foreign?.thumbnailUrl]) {
      expect(url).toMatch(/^http:\/\/pictures\.invalid\/results\//);
    }
  });
});
