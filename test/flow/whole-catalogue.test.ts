import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { derivedId } from '../../functions/derived-id.ts';
import { buyManifest } from '../../infra/local/booth/buy-manifest.ts';
import { acceptedSchema } from '../../shared/contracts/http.ts';
import { catalogue } from '../../shared/core/catalogue.ts';
import { openTestBooth, quick, type TestBooth } from './test-booth.ts';

/** Every model and operation, bought once through the local world, each opened by a decoder that nobody here wrote. */

const prompt = 'a red kite over snow';
const seedance = { prompt, duration: '4', aspectRatio: '9:16', outputResolution: '480p' };

/** By name: a request of few pixels and seconds. PICTURE is one that was bought before. */
const requests: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'flux-2-pro/generate': { prompt, resolution: '0.5 MP', aspect_ratio: '3:2', output_format: 'png' },
  'flux-2-pro/edit': { prompt, images: ['PICTURE'], resolution: '0.5 MP', output_format: 'jpg' },
  'flux-2-max/generate': { prompt, resolution: '0.5 MP', aspect_ratio: '9:16' },
  'flux-2-max/edit': { prompt, images: ['PICTURE'], resolution: '0.5 MP' },
  'nano-banana/generate': { prompt, imageSize: '512', aspectRatio: '4:3' },
  'nano-banana/edit': { prompt, images: ['PICTURE'], imageSize: '512' },
  'nano-banana-pro/generate': { prompt, imageSize: '1K', aspectRatio: '21:9' },
  'nano-banana-pro/edit': { prompt, images: ['PICTURE'], imageSize: '1K' },
  'gpt-image-2/generate': { prompt, quality: 'low', size: '1024x1536', output_format: 'webp' },
  'gpt-image-2/edit': { prompt, images: ['PICTURE'], quality: 'low', size: '1024x1024' },
  'gpt-image-2.5-flare/generate': { prompt, quality: 'medium', size: '1536x1024', output_format: 'jpeg' },
  'gpt-image-1.5/generate': { prompt, quality: 'low', size: '1024x1024' },
  'gpt-image-1.5/edit': { prompt, images: ['PICTURE'], quality: 'low', size: '1024x1024' },
  'gpt-image-1/generate': { prompt, quality: 'low', size: '1024x1024' },
  'gpt-image-1/edit': { prompt, images: ['PICTURE'], quality: 'low', size: '1024x1024' },
  'grok/generate': { prompt, aspect_ratio: '19.5:9' },
  'grok/edit': { prompt, images: ['PICTURE'] },
  'grok-video/generate': { prompt, duration: '3', resolution: '480p', aspect_ratio: '3:4' },
  'veo-3.1/generate': { prompt, durationSeconds: '4', resolution: '720p', aspectRatio: '16:9' },
  'veo-3.1-fast/generate': { prompt, durationSeconds: '4', imageMode: 'first-frame', image: 'PICTURE' },
  'sora-2/generate': { prompt, seconds: '4', size: '720x1280' },
  'sora-2-pro/generate': { prompt, seconds: '4', size: '1280x720' },
  'wan-2.6/t2v': { prompt, duration: '5', size: '1280*720' },
  'wan-2.6/i2v': { prompt, duration: '5', resolution: '720p', image: 'PICTURE' },
  'seedance/t2v': seedance,
  'seedance/i2v': { ...seedance, image: 'PICTURE' },
  'seedance-fast/t2v': seedance,
  'seedance-fast/i2v': { ...seedance, image: 'PICTURE' },
  'arrow-1.1/vectorize': { image: 'PICTURE', target_size: 512 },
  'arrow-1.1-max/vectorize': { image: 'PICTURE', target_size: 256 },
};
const names = Object.keys(requests);
/** Through each door a third of them, in turn. */
const through = (door: number): string[] => names.filter((_, index) => index % 3 === door);

let booth: TestBooth;
let sqs: SQSClient;
let folder: string;
let picture: string;
const jobs = new Map<string, string>();
beforeAll(async () => {
  const timings = { ...quick.timings, answerSeconds: 15, stallSeconds: 5, pollingScale: 0.02 };
  booth = await openTestBooth({
    settings: { timings, payer: { timeoutSeconds: 25 } },
    sandbox: { timeScale: 0.01, pictureStyle: 'plain' },
  });
  sqs = new SQSClient(booth.world.sdk('sqs'));
  folder = await mkdtemp(join(tmpdir(), 'coinbooth-test-'));
  picture = await booth.submit({ prompt: 'a first picture', resolution: '0.5 MP', output_format: 'png' });
  expect((await booth.ended(picture)).detail.status).toBe('delivered');
});
afterAll(async () => {
  sqs?.destroy();
  if (folder) await rm(folder, { recursive: true, force: true });
  await booth?.close();
});

const requestOf = (name: string): Record<string, unknown> =>
  JSON.parse(JSON.stringify(requests[name]).replaceAll('"PICTURE"', JSON.stringify(picture)));

test('the whole catalogue is asked for', () => {
  expect(names.toSorted()).toEqual(Object.keys(catalogue).toSorted());
});

test('through the HTTP door', async () => {
  for (const name of through(0)) {
    const response = await booth.post(requestOf(name), {}, name);
    jobs.set(name, acceptedSchema.parse(await response.json()).jobId);
  }
});

test('through the request queue', async () => {
  const QueueUrl = String(booth.world.outputs['Coinbooth.RequestsUrl']);
  for (const name of through(1)) {
    const MessageBody = JSON.stringify({ model: name, ...requestOf(name) });
    const { MessageId = '' } = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    jobs.set(name, derivedId('request', MessageId));
  }
});

test('through a manifest', async () => {
  const lines = through(2).map((name) => JSON.stringify({ model: name, id: name, ...requestOf(name) }));
  const { finished, results } = await buyManifest(booth.world, 'all.jsonl', Buffer.from(lines.join('\n')));
  expect(finished).toMatchObject({ lines: 10, bad: 0, ended: { delivered: 10 } });
  for (const { id = '', jobId = '' } of results) jobs.set(id, jobId);
}, 150_000);

const probeSchema = z.object({
  streams: z.array(z.object({ codec_name: z.string(), width: z.int(), height: z.int() })).length(1),
  format: z.object({ duration: z.coerce.number() }),
});

async function probe(bytes: Buffer, name: string) {
  const file = join(folder, `${name.replace('/', '-')}.mp4`);
  await writeFile(file, bytes);
  const entries = 'format=duration:stream=codec_name,width,height';
  const ffprobe = createRequire(import.meta.url).resolve('@ffprobe-installer/linux-x64/package.json');
  const args = ['-v', 'error', '-show_entries', entries, '-of', 'json', file];
  const { stdout } = await promisify(execFile)(join(dirname(ffprobe), 'ffprobe'), args);
  return probeSchema.parse(JSON.parse(stdout));
}

test.each(names)('%s is delivered, and is what was asked', { timeout: 120_000 }, async (name) => {
  const ended = await booth.ended(jobs.get(name) ?? '');
  const { detail } = ended;
  expect(detail).toMatchObject({ status: 'delivered', money: 'spent', asset: { mismatch: [] } });
  expect(await booth.settlements(ended)).toBe(1);
  const { asset } = detail;
  const bytes = booth.world.object('Pictures', asset?.key ?? '')?.body ?? Buffer.alloc(0);
  const expected = catalogue[name]?.expected(requestOf(name));
  const { width, height } = await sizeOf(bytes, name, asset?.format);
  expect([asset?.width, asset?.height]).toEqual([width, height]);
  if (expected?.format) expect(asset?.format).toBe(expected.format);
  if (expected?.aspect) expect(width / height / expected.aspect).toBeCloseTo(1, 1);
  if (expected?.megapixels) expect((width * height) / 1e6 / expected.megapixels).toBeCloseTo(1, 0);
});

/** As the decoder sees it; of a video, with its duration and its thumbnail checked. */
async function sizeOf(bytes: Buffer, name: string, format = ''): Promise<{ width: number; height: number }> {
  if (format !== 'mp4') {
    const seen = await sharp(bytes).metadata();
    expect(seen.format).toBe(format === 'jpg' ? 'jpeg' : format);
    return seen;
  }
  const seen = await probe(bytes, name);
  const { durationSeconds = 0 } = catalogue[name]?.expected(requestOf(name)) ?? {};
  expect(seen.format.duration).toBeCloseTo(durationSeconds, 0);
  const { detail } = await booth.ended(jobs.get(name) ?? '');
  const thumbnail = booth.world.object('Pictures', detail.asset?.thumbnail?.key ?? '')?.body;
  expect((await sharp(thumbnail).metadata()).width).toBe(detail.asset?.thumbnail?.width);
  return seen.streams[0] ?? { width: 0, height: 0 };
}

test('the picture that many of them name was bought one place at the seller, for one of them', async () => {
  const uploads = [...jobs.values()].map(async (jobId) => (await booth.ended(jobId)).detail.uploads ?? []);
  expect((await Promise.all(uploads)).flat()).toHaveLength(1);
});
