import { describe, expect, test } from 'vitest';
import { canonical } from '../../shared/core/canonical.ts';
import { controlsSchema } from '../../shared/core/controls.ts';
import { isPublicUrl, parseReference } from '../../shared/core/reference.ts';

const id = '5b0c2c1e-8a53-4c3c-9d8e-0f7d3d1b7a11';

describe('a reference', () => {
  test.each([
    [id, { kind: 'job', jobId: id }],
    [`upload:${id}`, { kind: 'upload', uploadId: id }],
    [
      's3://a-bucket/a/key with spaces/é.png',
      { kind: 'object', bucket: 'a-bucket', key: 'a/key with spaces/é.png' },
    ],
    ['https://example.org/a.png?x=1', { kind: 'url', url: 'https://example.org/a.png?x=1' }],
    ['http://127.0.0.1:4020/results/a.png', { kind: 'url', url: 'http://127.0.0.1:4020/results/a.png' }],
  ])('%s', (text, reference) => expect(parseReference(text)).toEqual(reference));

  test.each([
    '',
    'kite.png',
    '../kite.png',
    id.toUpperCase(),
    `job:${id}`,
    'upload:1',
    's3://',
    's3://b/',
    's3://B_/k',
    'file:///etc/passwd',
    'data:image/png;base64,AAAA',
    'javascript:alert(1)',
    'ftp://example.org/a.png',
    'gs://a/b',
  ])('is none: %s', (text) => expect(parseReference(text)).toBeUndefined());
});

describe('an address that the seller may be sent to', () => {
  test.each(['https://example.org/a.png', 'https://a.b.example.co.uk./x', 'https://xn--bcher-kva.example/a'])(
    'is public: %s',
    (url) => expect(isPublicUrl(url, [])).toBe(true),
  );

  test.each([
    'http://example.org/a.png',
    'https://example.org:8443/a.png',
    'https://user:secret@example.org/a.png',
    'https://localhost/a.png',
    'https://LOCALHOST./a.png',
    'https://printer/a.png',
    'https://vault.internal/a.png',
    'https://nas.local/a.png',
    'https://router.home.arpa/a.png',
    'https://127.0.0.1/a.png',
    'https://10.0.0.1/a.png',
    'https://169.254.169.254/latest/meta-data',
    'https://2130706433/a.png',
    'https://0x7f000001/a.png',
    'https://0177.0.0.1/a.png',
    'https://127.1/a.png',
    'https://8.8.8.8/a.png',
    'https://[::1]/a.png',
    'https://[::ffff:127.0.0.1]/a.png',
    'https://①②⑦.⓪.⓪.①/a.png',
    'https://example.org@127.0.0.1/a.png',
    'not a url',
  ])('is not: %s', (url) => expect(isPublicUrl(url, [])).toBe(false));

  test('is one that is listed exactly, whatever it is; its neighbours are not', () => {
    const listed = ['http://127.0.0.1:4020'];
    expect(isPublicUrl('http://127.0.0.1:4020/results/a.png', listed)).toBe(true);
    for (const url of ['http://127.0.0.1:4021/a', 'https://127.0.0.1:4020/a', 'http://x@127.0.0.1:4020/a'])
      expect(isPublicUrl(url, listed)).toBe(false);
  });
});

describe('what a caller says to us', () => {
  test.each([
    ['0.05', '50000'],
    ['$0.05', '50000'],
    [0.05, '50000'],
    ['2', '2000000'],
    ['0.000001', '1'],
    [0, '0'],
    ['9999.999999', '9999999999'],
  ])('a limit of %s', (maxPrice, atomic) => {
    expect(controlsSchema.parse({ maxPrice })).toEqual({ maxPrice: atomic });
  });

  test.each(['', '-1', '1e3', '0.0000001', '10000', '0,05', '€1', 'NaN', 1e-7, Number.NaN, null, true])(
    'is no limit: %s',
    (maxPrice) => expect(controlsSchema.safeParse({ maxPrice }).success).toBe(false),
  );
});

test('one text for one value, whatever the order of its fields', () => {
  expect(canonical({ b: [1, { d: null, c: 'é"' }], a: true })).toBe(
    '{"a":true,"b":[1,{"c":"é\\"","d":null}]}',
  );
  expect(canonical({ a: undefined })).toBe('{}');
  expect(canonical(['1'])).not.toBe(canonical([1]));
});
