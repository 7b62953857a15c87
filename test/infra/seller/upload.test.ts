import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, startChain } from '../../../infra/local/chain/start-chain.ts';
import type { FaultName } from '../../../infra/local/seller/faults.ts';
import { type Seller, startSeller } from '../../../infra/local/seller/start-seller.ts';
import {
  challengeOf,
  createReferenceBuyer,
  type JobRecord,
  type ReferenceBuyer,
  read,
} from './reference-buyer.ts';

const PAYEE = '0x000000000000000000000000000000000000bEEF';
const UPLOAD = '/api/upload';
const CONFIRM = '/api/upload/confirm';
const EDIT = '/api/generate/flux-2-pro/edit';
const FILE = { filename: 'my flag.png', contentType: 'image/png' };

interface Place {
  uploadId: string;
  clientToken: string;
  pathname: string;
  expiresAt: string;
}
interface Stored {
  url: string;
  downloadUrl: string;
}

describe('uploading to the sandbox', () => {
  let chain: Chain;
  let seller: Seller;
  let buyer: ReferenceBuyer;
  let flag: Buffer;
  let now = Date.now();

  beforeAll(async () => {
    chain = await startChain();
    seller = await startSeller({ chain, payTo: PAYEE, timeScale: 0, clock: () => now });
    buyer = await createReferenceBuyer(chain, seller);
    flag = await sharp({ create: { width: 400, height: 300, channels: 3, background: '#d01010' } })
      .composite([
        {
          input: { create: { width: 200, height: 300, channels: 3, background: '#1010d0' } },
          left: 200,
          top: 0,
        },
      ])
      .png()
      .toBuffer();
  });
  afterEach(() => seller.faults.clear());
  afterAll(async () => {
    await seller.close();
    await chain.close();
  });

  const place = async (): Promise<Place> => read<Place>(await buyer.buy(FILE, UPLOAD));
  const put = (
    { clientToken, pathname }: Place,
    body: Uint8Array = flag,
    headers: Record<string, string> = {},
  ): Promise<Response> =>
    fetch(`${seller.blobOrigin}/api/blob/?pathname=${encodeURIComponent(pathname)}`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${clientToken}`,
        'x-content-type': FILE.contentType,
        'x-api-version': '11',
        ...headers,
      },
      body: new Uint8Array(body),
    });
  const uploaded = async (body = flag): Promise<{ place: Place; url: string }> => {
    const paid = await place();
    const { url } = await read<Stored>(await put(paid, body));
    return { place: paid, url };
  };
  const edited = async (images: string[]): Promise<JobRecord> => {
    const body = { prompt: 'Brighter', images, resolution: '0.5 MP', output_format: 'png' };
    const { jobId } = await read<JobRecord>(await buyer.buy(body, EDIT));
    return read<JobRecord>(await buyer.get(`/api/jobs/${jobId}`));
  };
  /** Mean red and blue of the left and the right half. */
  const halves = async ({ result }: JobRecord) => {
    const bytes = Buffer.from(await (await fetch(result?.imageUrl ?? '')).arrayBuffer());
    const [width, height] = [354, 708];
    const half = async (left: number) => {
      const { channels } = await sharp(
        await sharp(bytes).extract({ left, top: 0, width, height }).png().toBuffer(),
      ).stats();
      return { red: channels[0]?.mean ?? 0, blue: channels[2]?.mean ?? 0 };
    };
    return [await half(0), await half(width)] as const;
  };

  it('takes three steps, and an edit shows the picture', async () => {
    const before = await chain.balance(buyer.account.address);
    const answer = await buyer.buy(FILE, UPLOAD);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('PAYMENT-RESPONSE')).not.toBeNull();
    const paid = await read<Place>(answer);
    expect(paid).toEqual({
      uploadId: expect.stringMatching(/^c[a-z0-9]{24}$/),
      clientToken: expect.stringMatching(/^vercel_blob_client_/),
      pathname: `uploads/${paid.uploadId}/my-flag.png`,
      expiresAt: new Date(now + 300_000).toISOString(),
    });
    expect(before - (await chain.balance(buyer.account.address))).toBe(10_000n);

    const stored = await put(paid);
    expect(stored.status).toBe(200);
    const url = `${seller.blobOrigin}/${paid.pathname}`;
    expect(await stored.json()).toEqual({
      url,
      downloadUrl: `${url}?download=1`,
      pathname: paid.pathname,
      contentType: 'image/png',
    });
    expect(seller.blobOrigin).not.toBe(seller.origin);
    const copy = await fetch(url);
    expect(copy.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await copy.arrayBuffer()).equals(flag)).toBe(true);
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);

    const confirmation = { uploadId: paid.uploadId, blobUrl: url };
    for (const _ of ['once', 'and again']) {
      const confirmed = await buyer.buy(confirmation, CONFIRM);
      expect(confirmed.status).toBe(200);
      expect(await confirmed.json()).toEqual({ success: true, upload: { id: paid.uploadId, blobUrl: url } });
    }

    const [left, right] = await halves(await edited([url]));
    expect(left.red).toBeGreaterThan(left.blue + 60);
    expect(right.blue).toBeGreaterThan(right.red + 60);

    const { jobs } = await read<{ jobs: JobRecord[] }>(await buyer.get('/api/jobs?limit=1&status=complete'));
    expect(jobs).toEqual([expect.objectContaining({ type: 'flux-2-pro-edit', status: 'complete' })]);
  });

  it('edits an earlier result, and fails for a link that was changed', async () => {
    const first = await edited([(await uploaded()).url]);
    const link = first.result?.imageUrl ?? '';
    const [left, right] = await halves(await edited([link]));
    expect(left.red).toBeGreaterThan(right.red + 60);
    expect(await edited([link.replace('expires=', 'expires=9')])).toMatchObject({
      status: 'failed',
      error: 'An input image could not be fetched',
    });
  });

  it('quotes one cent, for a bad body too, and refuses that one when it is paid', async () => {
    const quotes = [await buyer.probe(FILE, UPLOAD), await buyer.probe({ filename: 'a.pdf' }, UPLOAD)];
    for (const quote of quotes) {
      expect([quote.status, await quote.text()]).toEqual([402, '']);
      expect(challengeOf(quote).accepts.map(({ amount }) => amount)).toEqual(['10000', '10000']);
    }
    const [good] = quotes;
    const headers = await buyer.sign(challengeOf(good ?? Response.error()));
    const body = { filename: 'a.pdf', contentType: 'application/pdf' };
    const answer = await buyer.pay(headers, body, UPLOAD);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: 'Validation failed',
      issues: [{ path: ['contentType'] }],
    });
    const elsewhere = await buyer.pay(headers, { prompt: 'A heron' });
    expect(await elsewhere.json()).toMatchObject({ reason: 'requirements_mismatch' });
  });

  it('takes a file for five minutes, as often as it comes', async () => {
    const paid = await place();
    expect((await put(paid)).status).toBe(200);
    now += 299_000;
    expect((await put(paid)).status).toBe(200);
    now += 1000;
    const late = await put(paid);
    expect(late.status).toBe(403);
    expect(await late.json()).toMatchObject({ error: { code: 'forbidden' } });
  });

  it('refuses a wrong token, path, type or version, and more than 20 MB', async () => {
    const [paid, other] = [await place(), await place()];
    const status = async (answer: Promise<Response>) => (await answer).status;
    expect(await status(put({ ...paid, clientToken: 'guessed' }))).toBe(403);
    expect(await status(put({ ...paid, pathname: other.pathname }))).toBe(403);
    expect(await status(put(paid, flag, { authorization: '' }))).toBe(403);
    expect(await status(put(paid, flag, { 'x-content-type': 'image/jpeg' }))).toBe(400);
    expect(await status(put(paid, flag, { 'x-api-version': '7' }))).toBe(400);
    expect(await status(put(paid, new Uint8Array(20 * 1024 * 1024 + 1)))).toBe(413);
    expect(await status(fetch(`${seller.blobOrigin}/${paid.pathname}`))).toBe(404);
    expect(await status(put(paid, new Uint8Array(20 * 1024 * 1024)))).toBe(200);
  });

  it('confirms to the wallet that paid, and only what is there', async () => {
    const { place: paid, url } = await uploaded();
    const stranger = await createReferenceBuyer(chain, seller);
    const confirm = async (who: ReferenceBuyer, body: object) => (await who.buy(body, CONFIRM)).status;
    const { uploadId } = paid;
    expect(await confirm(stranger, { uploadId, blobUrl: url })).toBe(403);
    expect(await confirm(buyer, { uploadId, blobUrl: (await uploaded()).url })).toBe(400);
    expect(await confirm(buyer, { uploadId, blobUrl: 'not a URL' })).toBe(400);
    expect(await confirm(buyer, { uploadId: 'cnobodyknowsthisone000000', blobUrl: url })).toBe(404);
    const empty = await place();
    const nothing = { uploadId: empty.uploadId, blobUrl: `${seller.blobOrigin}/${empty.pathname}` };
    expect(await confirm(buyer, nothing)).toBe(400);
    expect(await confirm(buyer, { uploadId, blobUrl: url })).toBe(200);
    const unsigned = await fetch(`${seller.origin}${CONFIRM}`, { method: 'POST', body: '{}' });
    expect(challengeOf(unsigned).accepts).toEqual([]);
  });

  it('fails a paid edit whose picture has disappeared or is none, and keeps what was begun before', async () => {
    const { url } = await uploaded();
    const before = await edited([url]);
    const other = await uploaded();
    const one = await fetch(`${seller.origin}/sandbox/blobs?url=${encodeURIComponent(url)}`, {
      method: 'DELETE',
    });
    expect(await one.json()).toEqual({ deleted: 1 });
    expect((await fetch(url)).status).toBe(404);
    expect(await edited([url])).toMatchObject({
      status: 'failed',
      error: 'An input image could not be fetched',
    });
    expect((await halves(before))[0].red).toBeGreaterThan(100);
    expect((await fetch(other.url)).status).toBe(200);
    await fetch(`${seller.origin}/sandbox/blobs`, { method: 'DELETE' });
    expect((await fetch(other.url)).status).toBe(404);

    const garbage = await uploaded(Buffer.from('this is no picture'));
    expect(await edited([garbage.url])).toMatchObject({
      status: 'failed',
      error: 'An input image could not be read',
    });
  });

  describe('faults', () => {
    it.each<[FaultName, number | 'cut', bigint, number]>([
      ['lost-request', 'cut', 0n, 0],
      ['settlement-failed', 500, 0n, 1],
      ['lost-answer', 'cut', 10_000n, 1],
      ['error-after-settlement', 500, 10_000n, 1],
      ['challenge-after-settlement', 402, 10_000n, 1],
    ])('%s: the buyer sees %s, spent %s, and %s place was made', async (name, seen, spent, made) => {
      const [balance, places] = [await chain.balance(buyer.account.address), seller.uploads().length];
      const headers = await buyer.sign(challengeOf(await buyer.probe(FILE, UPLOAD)));
      seller.faults.set(name, { times: 1 });
      const answer = await buyer.pay(headers, FILE, UPLOAD).catch(() => 'cut' as const);
      expect(answer === 'cut' ? 'cut' : answer.status).toBe(seen);
      expect(balance - (await chain.balance(buyer.account.address))).toBe(spent);
      expect(seller.uploads().length - places).toBe(made);
      if (made > 0) expect(seller.uploads()[0]?.transaction !== undefined).toBe(spent > 0n);
    });

    it('failed-upload-put fails once, and the token is still good', async () => {
      const paid = await place();
      seller.faults.set('failed-upload-put', { times: 1 });
      expect((await put(paid)).status).toBe(500);
      expect((await fetch(`${seller.blobOrigin}/${paid.pathname}`)).status).toBe(404);
      expect((await put(paid)).status).toBe(200);
    });

    it('expired-upload-token is paid for and good for nothing', async () => {
      seller.faults.set('expired-upload-token', { times: 1 });
      const paid = await place();
      expect(Date.parse(paid.expiresAt)).toBeLessThan(now);
      expect((await put(paid)).status).toBe(403);
      expect((await put(await place())).status).toBe(200);
    });

    it('over-ceiling quotes ten dollars for an upload too', async () => {
      seller.faults.set('over-ceiling');
      expect(challengeOf(await buyer.probe(FILE, UPLOAD)).accepts[1]?.amount).toBe('10000000');
    });
  });
});
