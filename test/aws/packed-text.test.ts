import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packed, unpacked } from '../../shared/aws/packed-text.ts';

const header = Buffer.from(JSON.stringify({ payload: { signature: `0x${'ab'.repeat(65)}` } })).toString(
  'base64',
);

test.each([
  ['a header', header],
  ['a header without its padding', header.replace(/=+$/, '')],
  ['a header with a bit too many in its last character', 'QR=='],
  ['JSON', '{"accepts":[{"amount":"20000"}]}'],
  ['a word that could be base64', 'kite'],
  ['nothing', ''],
  ['other letters', 'ein Drache über Schnee, 雪'],
])('%s comes back to the byte', (_name, text) => {
  expect(unpacked(packed(text))).toBe(text);
});

test('whatever is packed comes back', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.base64String()), (text) => {
      expect(unpacked(packed(text))).toBe(text);
    }),
  );
});

test('a long header takes a third of its room', () => {
  const schema = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`field${n}`, { type: 'string' }]));
  const long = Buffer.from(JSON.stringify(schema)).toString('base64');
  expect(packed(long).length).toBeLessThan(long.length / 3);
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['another kind', Buffer.of(7, 1, 2, 3)],
  ['bytes that are not packed', Buffer.of(1, 255, 255, 255)],
])('%s is refused', (_name, bytes) => {
  expect(() => unpacked(bytes)).toThrow();
});

test('what would be larger than any challenge is not unpacked', () => {
  expect(() => unpacked(packed('é'.repeat(600 * 1024)))).toThrow();
});
