import { describe, expect, test } from 'vitest';
import { uploadGrantSchema } from '../../shared/contracts/http.ts';
import { openDoor, problemOf, stranger } from './door.ts';
import { at, caller, newJob } from './jobs.ts';

const png = { contentType: 'image/png', size: 1000 };

describe('an upload', () => {
  test('is granted under an id of ours: where to put it, how, and how a request names it', async () => {
    const { booth, send } = openDoor();
    const response = await send('/api/upload', png);
    expect([response.status, response.headers.get('cache-control')]).toEqual([201, 'no-store']);
    const grant = uploadGrantSchema.parse(await response.json());
    expect(grant).toEqual({
      uploadId: grant.uploadId,
      reference: `upload:${grant.uploadId}`,
      url: `https://bucket.test/uploads/${grant.uploadId}?expires=900`,
      method: 'PUT',
      headers: { 'content-type': 'image/png', 'content-length': '1000', 'if-none-match': '*' },
      expiresAt: new Date(at(15 * 60)).toISOString(),
      keptUntil: new Date(at(7 * 86_400)).toISOString(),
    });
    expect(booth.uploads.get(grant.uploadId)).toEqual({
      uploadId: grant.uploadId,
      caller,
      key: `uploads/${grant.uploadId}`,
      contentType: 'image/png',
      bytes: 1000,
      expiresAt: at(7 * 86_400) / 1000,
    });
  });

  test.each([
    ['jpeg', { contentType: 'image/jpeg', size: 1 }],
    ['webp', { contentType: 'image/webp', size: 20 * 1024 * 1024 }],
  ])('of %s is granted', async (_name, file) => {
    expect((await openDoor().send('/api/upload', file)).status).toBe(201);
  });

  test.each([
    ['nothing', {}, ['contentType', 'size']],
    ['another type', { ...png, contentType: 'image/gif' }, ['contentType']],
    ['a page', { ...png, contentType: 'text/html' }, ['contentType']],
    ['no byte', { ...png, size: 0 }, ['size']],
    ['one byte too many', { ...png, size: 20 * 1024 * 1024 + 1 }, ['size']],
    ['half a byte', { ...png, size: 0.5 }, ['size']],
    ['a length that is text', { ...png, size: '1000' }, ['size']],
    ['a key of its own', { ...png, key: 'pictures/x' }, ['key']],
    ['a list', [png], ['body']],
  ])('of %s is refused by name, and leaves nothing behind', async (_name, file, fields) => {
    const { booth, send } = openDoor();
    const response = await send('/api/upload', file);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).fields).toEqual(fields);
    expect(booth.uploads.size).toBe(0);
  });

  test('has no address where its row could not be written', async () => {
    const { booth, send } = openDoor();
    booth.ports.uploads.put = async () => {
      throw new Error('the table is down');
    };
    const response = await send('/api/upload', png);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('bucket.test');
  });
});

describe('a file', () => {
  const edit = '/api/generate/flux-2-pro/edit';

  test('is named by the caller it belongs to, in a request', async () => {
    const { booth, send } = openDoor();
    const { reference } = uploadGrantSchema.parse(await (await send('/api/upload', png)).json());
    const request = { prompt: 'a kite', images: [reference] };
    expect((await send(edit, request)).status).toBe(202);
    expect(booth.ledger.jobs()).toMatchObject([{ references: [reference] }]);
    const refused = await send(edit, request, {}, stranger);
    expect([refused.status, (await problemOf(refused)).fields]).toEqual([400, ['images.0']]);
  });

  test('that nobody was granted is not there', async () => {
    const refused = await openDoor().send(edit, { prompt: 'a', images: [`upload:${newJob().jobId}`] });
    expect((await problemOf(refused)).fields).toEqual(['images.0']);
  });
});
