import { describe, expect, test } from 'vitest';
import { downloadPicture, longestPictureBytes } from '../../shared/seller/download.ts';
import { serve, serveRaw } from './loopback.ts';

const bytes = Buffer.from('RIFF and so on');

test('a picture of a listed origin, whatever type its host calls it', async () => {
  await using host = await serve((_visit, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end(bytes),
  );
  expect(await downloadPicture(`${host.origin}/a.webp?sig=x`, [host.origin])).toEqual({ bytes });
});

describe('is not asked for at all', () => {
  test.each([
    ['another host', (origin: string) => origin.replace('127.0.0.1', 'localhost')],
    ['another port', () => 'http://127.0.0.1:1'],
    ['another scheme', (origin: string) => origin.replace('http:', 'https:')],
    ['a host that begins like a listed one', (origin: string) => `${origin}.evil.test`],
    ['credentials', (origin: string) => origin.replace('//', '//user:pass@')],
    ['a user alone', (origin: string) => origin.replace('//', '//user@')],
    ['the metadata service', () => 'http://169.254.169.254/latest'],
    ['a file', () => 'file:///etc/passwd'],
    ['data', () => 'data:image/png;base64,AAAA'],
    ['a blob of a listed origin', (origin: string) => `blob:${origin}`],
    ['no URL', () => 'picture.png'],
  ])('%s', async (_name, change) => {
    await using host = await serve((_visit, response) => response.end(bytes));
    expect(await downloadPicture(`${change(host.origin)}/a.webp`, [host.origin])).toHaveProperty(
      'unacceptable',
    );
    expect(host.visits()).toBe(0);
  });
});

test('a redirect is not followed, not even to a listed origin', async () => {
  await using elsewhere = await serve((_visit, response) => response.end(bytes));
  await using host = await serve((_visit, response) =>
    response.writeHead(302, { location: `${elsewhere.origin}/a.webp` }).end(),
  );
  const fetched = await downloadPicture(`${host.origin}/a.webp`, [host.origin, elsewhere.origin]);
  expect(fetched).toEqual({ unavailable: expect.stringContaining('302') });
  expect(elsewhere.visits()).toBe(0);
});

test.each([403, 404, 410, 500, 204, 206])(
  'a host that answers %i may have a better URL later',
  async (status) => {
    await using host = await serve((_visit, response) => response.writeHead(status).end());
    const fetched = await downloadPicture(`${host.origin}/a.webp`, [host.origin]);
    expect(fetched).toEqual({ unavailable: expect.stringContaining(String(status)) });
  },
);

test('a picture that is cut short may come whole the next time', async () => {
  await using host = await serveRaw((socket) =>
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nRIFF'),
  );
  const fetched = await downloadPicture(`${host.origin}/a.webp`, [host.origin]);
  expect(fetched).toEqual({ unavailable: expect.stringContaining('truncated') });
});

test('a picture that is too large is given up at the limit', async () => {
  await using host = await serve((_visit, response) => response.end(Buffer.alloc(longestPictureBytes + 1)));
  const fetched = await downloadPicture(`${host.origin}/a.webp`, [host.origin]);
  expect(fetched).toEqual({ unacceptable: expect.stringContaining('larger') });
});
