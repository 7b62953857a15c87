import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { createGallery } from '../../../infra/local/seller/gallery.ts';
import type { Job } from '../../../infra/local/seller/job-book.ts';
import { createFilmDesk } from '../../../infra/local/seller/video/film-desk.ts';

const desk = createFilmDesk();
afterAll(() => desk.close());

const job = (jobId: string): Job => ({
  jobId,
  payer: '0x000000000000000000000000000000000000bEEF',
  type: 'grok-generate',
  input: {},
  drawing: {
    kind: 'picture',
    prompt: 'A heron',
    size: { width: 400, height: 400 },
    format: 'png',
    quality: 100,
    sources: [],
  },
  sources: [],
  renderSeconds: 0,
  createdAt: 0,
  fate: 'complete',
});

const clip = () => ({
  painting: new Uint8Array(72 * 64 * 4).map((_, at) => (at * 7) % 256),
  paintedWidth: 72,
  width: 64,
  height: 64,
  frames: 8,
  frameRate: 2,
});

describe('the gallery', () => {
  it('draws once what is asked for twice, at the same time too', async () => {
    const gallery = createGallery({ style: 'plain', desk });
    const [one, other] = await Promise.all([gallery.whole(job('a')), gallery.whole(job('a'))]);
    expect(other).toBe(one);
    expect(await gallery.whole(job('a'))).toBe(one);
    expect(await gallery.thumbnail(job('a'))).toBe(one);
    expect(await gallery.whole(job('b'))).not.toBe(one);
  });

  it('forgets the oldest when there is no room, and draws the same again', async () => {
    const size = (await createGallery({ style: 'plain', desk }).whole(job('a'))).bytes.length;
    const gallery = createGallery({ style: 'plain', desk, roomBytes: Math.floor(size * 2.5) });
    const [a, b] = [await gallery.whole(job('a')), await gallery.whole(job('b'))];
    const c = await gallery.whole(job('c'));
    expect(await gallery.whole(job('c'))).toBe(c);
    expect(await gallery.whole(job('b'))).toBe(b);
    const again = await gallery.whole(job('a'));
    expect(again).not.toBe(a);
    expect(again).toEqual(a);
  });
});

describe('the film desk', () => {
  it('films the same twice, in another second too', async () => {
    const one = await desk.film(clip());
    await sleep(1_100);
    const other = await desk.film(clip());
    expect(one.equals(other)).toBe(true);
    expect(one.toString('latin1', 4, 8)).toBe('ftyp');
  });

  it('gives up what it films when it closes, and films again afterwards', async () => {
    const own = createFilmDesk();
    const filmed = expect(own.film(clip())).rejects.toThrow('The encoder ended');
    await own.close();
    await filmed;
    expect((await own.film(clip())).length).toBeGreaterThan(500);
    await own.close();
  });
});
