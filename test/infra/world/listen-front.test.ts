import { afterAll, beforeAll, expect, test } from 'vitest';
import { AwsError } from '../../../infra/local/aws/aws-error.ts';
import { type FrontOptions, listenFront } from '../../../infra/local/aws/listen-front.ts';
import { createS3Front } from '../../../infra/local/aws/s3-front.ts';
import type { LoopbackServer } from '../../../infra/loopback/listen-on-loopback.ts';

/** What the port of SQS and S3 answers to whoever signed nothing, before the gate can say so. */

const gate = {
  admit: async () => {
    throw new AwsError('MissingAuthenticationToken', 'Missing Authentication Token', 403);
  },
  settle: async () => {},
} satisfies FrontOptions['gate'];

let front: LoopbackServer;
beforeAll(async () => {
  const nothing = {} as never;
  const s3 = createS3Front(nothing, gate, nothing, []);
  front = await listenFront({ app: nothing, gate, sqs: nothing, s3 });
});
afterAll(() => front.close());

const ask = async (path: string, body?: string) => {
  const response = await fetch(`${front.origin}${path}`, body === undefined ? {} : { method: 'POST', body });
  return { status: response.status, text: await response.text() };
};

test.each(['/%zz', '/bucket/%', '/bucket/%ff', '/%E0%A4%A/key', '/?list-type=%zz'])(
  'the address %s is refused without the exception',
  async (path) => {
    const { status, text } = await ask(path);
    expect([400, 403]).toContain(status);
    expect(text).not.toMatch(/URIError|malformed|InternalError/);
  },
);

test.each(['{', 'secret words', 'null', '[]', '1', '"x"'])(
  'the body %s is refused without the exception',
  async (body) => {
    const { status, text } = await ask('/', body);
    expect(status).toBe(400);
    expect(JSON.parse(text)).toEqual({
      __type: 'com.amazonaws.sqs#SerializationException',
      message: 'The body is no JSON object',
    });
  },
);

test('a whole request of nobody is refused by the gate', async () => {
  expect((await ask('/bucket/key')).status).toBe(403);
  expect((await ask('/', '{}')).status).toBe(403);
});

test('a body without end of nobody is not kept', async () => {
  const body = 'x'.repeat(65 * 1024 * 1024);
  expect(await ask('/bucket/key', body)).toMatchObject({
    status: 400,
    text: expect.stringContaining('EntityTooLarge'),
  });
});
