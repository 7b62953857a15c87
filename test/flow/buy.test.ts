import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestBooth, quick, type TestBooth } from './test-booth.ts';

let booth: TestBooth;
beforeAll(async () => {
  // Twenty at once share two cores with another test file: they get the time that one alone does not need.
  booth = await openTestBooth({ settings: { ...quick, payer: { timeoutSeconds: 30 } } });
});
afterAll(() => booth?.close());

test('one prompt in, one paid picture out', async () => {
  const before = await booth.sandbox?.chain.balance(booth.wallet);
  const response = await booth.post({
    prompt: 'a lighthouse at dusk',
    aspect_ratio: '16:9',
    resolution: '0.5 MP',
    output_format: 'png',
    seed: 7,
  });
  const accepted = (await response.json()) as { jobId: string };
  expect(response.status).toBe(202);
  expect(accepted).toEqual({
    type: 'flux-2-pro-generate',
    jobId: accepted.jobId,
    status: 'pending',
    success: true,
  });

  const seen = new Set<string>();
  let answer = await booth.get(accepted.jobId);
  while (answer.status === 'pending' || answer.status === 'processing') {
    seen.add(answer.status);
    answer = await booth.get(accepted.jobId);
  }
  expect([...seen]).toEqual(['pending', 'processing']);
  if (answer.status !== 'complete') throw new Error(JSON.stringify(answer));
  expect(answer).toMatchObject({ format: 'png', mismatch: [], money: 'spent', cost: { usd: '$0.02' } });

  const picture = await fetch(answer.imageUrl ?? '');
  expect(picture.headers.get('content-type')).toBe('image/png');
  const bytes = Buffer.from(await picture.arrayBuffer());
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(answer.sha256);
  expect(await sharp(bytes).metadata()).toMatchObject({
    format: 'png',
    width: answer.width,
    height: answer.height,
  });

  const ended = await booth.ended(accepted.jobId);
  expect(ended).toMatchObject({
    detailType: 'JobDelivered',
    detail: { status: 'delivered', money: 'spent' },
  });
  expect(await booth.settlements(ended)).toBe(1);
  const after = await booth.sandbox?.chain.balance(booth.wallet);
  expect((before ?? 0n) - (after ?? 0n)).toBe(20_000n);
  expect(booth.announcements(accepted.jobId)).toBe(1);
});

test('the workflow waits, looks and delivers, in an express run, and its history holds ids alone', () => {
  const [execution] = booth.world.executions();
  const entered = execution?.history.flatMap((event) =>
    event.type === 'StateEntered' ? [event.state?.name] : [],
  );
  expect(entered).toEqual(['FirstWait', 'Poll', 'Deliver']);
  expect(execution?.executionArn).toContain(':express:');
  expect(JSON.stringify(execution)).not.toMatch(/lighthouse|imageUrl|http:/);
});

test('its way can be followed by its id, and is counted once', async () => {
  const jobId = booth.world.events().at(0)?.event.detail.jobId;
  expect(jobId).toBeDefined();
  const linesOf = () =>
    booth.world.logs().flatMap(({ text }) => {
      const line = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
      return line.jobId === jobId ? [line] : [];
    });
  const told = () => linesOf().map(({ service, message }) => `${String(service)}: ${String(message)}`);
  for (const line of ['intake: taken', 'payer: put down', 'poll: seen', 'deliver: ended'])
    await expect.poll(told).toContain(line);
  await expect.poll(() => linesOf().some((line) => '_aws' in line)).toBe(true);
  const lines = linesOf();
  const counted = lines.filter((line) => '_aws' in line);
  expect(counted).toMatchObject([
    {
      service: 'jobs',
      JobDelivered: 1,
      TimeToPicture: expect.any(Number),
      _aws: {
        CloudWatchMetrics: [
          {
            Namespace: 'Coinbooth',
            // Every further dimension would be paid for by the month.
            Dimensions: [['service']],
            Metrics: [
              { Name: 'JobDelivered', Unit: 'Count' },
              { Name: 'TimeToPicture', Unit: 'Seconds' },
            ],
          },
        ],
      },
    },
  ]);
  expect(Number(counted[0]?.TimeToPicture)).toBeGreaterThan(0);
  // Logs are paid for by the byte.
  const bytes = lines.reduce((sum, line) => sum + JSON.stringify(line).length, 0);
  expect(bytes).toBeLessThan(3_000);
});

test('ten at once: ten pictures, ten settlements, each of its own', async () => {
  const before = (await booth.sandbox?.chain.settlements(booth.wallet))?.length ?? 0;
  const jobIds = await Promise.all(
    Array.from({ length: 10 }, (_, seed) =>
      booth.submit({ prompt: 'the same', resolution: '0.5 MP', seed: seed % 4 }),
    ),
  );
  const ends = await Promise.all(jobIds.map(booth.ended));
  expect(ends.map(({ detail }) => detail.status)).toEqual(jobIds.map(() => 'delivered'));
  expect(new Set(ends.map(({ detail }) => detail.payment?.nonce)).size).toBe(10);
  const after = (await booth.sandbox?.chain.settlements(booth.wallet))?.length ?? 0;
  expect(after - before).toBe(10);
});

describe('wrong input is refused, and nothing is queued or spent', () => {
  const jobIdOf = (value: unknown) => (value as { jobId?: string }).jobId;
  const jobs = () => [
    ...booth.world.events().map(({ event }) => jobIdOf(event.detail)),
    ...booth.world
      .queue('Payments')
      .bodies()
      .map((body) => jobIdOf(JSON.parse(body))),
  ];
  const cases: [string, number, () => Promise<Response>, RegExp][] = [
    ['an unknown field', 400, () => booth.post({ prompt: 'x', colour: 'red' }), /colour/],
    [
      'several wrong fields',
      400,
      () => booth.post({ prompt: '', resolution: '3 MP', seed: 0.5 }),
      /prompt.*resolution.*seed/,
    ],
    ['10,001 characters', 400, () => booth.post({ prompt: 'x'.repeat(10_001) }), /prompt/],
    ['broken JSON', 400, () => booth.post('{"prompt":'), /JSON/],
    ['2 MB', 413, () => booth.post({ prompt: 'x'.repeat(2_000_000) }), /larger/],
    [
      'another content type',
      415,
      () => booth.post('prompt=x', { headers: { 'content-type': 'text/plain' } }),
      /content type/,
    ],
    ['GET', 405, () => booth.post(undefined, { method: 'GET', body: null }), /POST/],
  ];
  test.each(cases)('%s', async (_name, status, send, words) => {
    const bought = new Set(jobs());
    const response = await send();
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(JSON.stringify(await response.json())).toMatch(words);
    if (status === 405) expect(response.headers.get('allow')).toBe('POST');
    // What was bought before may still be queued or told of.
    expect(jobs().filter((jobId) => !bought.has(jobId))).toEqual([]);
  });
});

test('what functions print holds no prompt, signature or URL', () => {
  const lines = booth.world
    .logs()
    .map(({ text }) => text)
    .join('\n');
  expect(lines).toContain('put down');
  expect(lines).not.toMatch(/lighthouse|the same|X-Amz-Signature|eyJ|0x[0-9a-f]{130}/);
});
