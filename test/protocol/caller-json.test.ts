import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCallerJson } from '../../shared/protocol/caller-json.ts';

const bounds = { bytes: 2_000, depth: 8 };
const parse = (input: string | Uint8Array) => parseCallerJson(input, bounds);

test('any JSON value is read as JSON.parse reads it, from text and from bytes', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), (text) => {
      fc.pre(Buffer.byteLength(text) <= bounds.bytes && !text.includes('\ufffd'));
      fc.pre(!text.includes('__proto__'));
      expect(parse(text)).toEqual({ value: JSON.parse(text) });
      expect(parse(Buffer.from(text))).toEqual({ value: JSON.parse(text) });
    }),
  );
});

test.each([
  ['{"prompt":"a","prompt":"b"}', 'has the key "prompt" twice'],
  ['{"prompt":"a","pr\\u006fmpt":"b"}', 'has the key "prompt" twice'],
  ['{"a":[{"seed":1,"b":{},"seed":2}]}', 'has the key "seed" twice'],
  ['{"__proto__":{"maxPrice":"9"}}', 'has the key "__proto__"'],
  ['{"\\u005f_proto__":1}', 'has the key "__proto__"'],
  [`${'['.repeat(9)}${']'.repeat(9)}`, 'is nested deeper than 8'],
  [`"${'x'.repeat(2_000)}"`, 'is larger than 2000 bytes'],
  ['{"a":1,}', 'is not JSON'],
  ['{"a" 1:2}', 'is not JSON'],
  [':', 'is not JSON'],
  ['', 'is not JSON'],
  ['{"a":"b', 'is not JSON'],
  ['{"a":["\\ud800"]}', 'holds half of a surrogate pair'],
  ['{"\\udc00":1}', 'holds half of a surrogate pair'],
  ['{"a":"\ufffd"}', expect.stringContaining('UTF-8')],
])('%s is refused', (text, fault) => {
  expect(parse(text)).toEqual({ fault });
});

test('a string without an end is looked through once', () => {
  const before = process.cpuUsage();
  expect(parseCallerJson(`"${'\\"'.repeat(500_000)}`, { bytes: 2_000_000, depth: 8 })).toEqual({
    fault: 'is not JSON',
  });
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(1_000);
});

test('both halves of a pair, and a backslash before a letter, are text', () => {
  for (const text of ['"\\ud83d\\ude00"', '"\\\\ud800"', '"😀"'])
    expect(parse(text)).toEqual({ value: JSON.parse(text) });
});

test.each([
  [0x22, 0xff, 0x22],
  [0x22, 0xc0, 0x80, 0x22],
  [0x22, 0xed, 0xa0, 0x80, 0x22],
])('bytes that are not UTF-8 are refused: %i %i %i', (...bytes) => {
  expect(parse(Uint8Array.from(bytes))).toEqual({ fault: expect.stringContaining('UTF-8') });
});

test.each([
  '{"a":{"x":1},"b":{"x":1}}',
  '[{"a":1},{"a":2}]',
  '{"a":"a","b":"\\"a\\":1,\\"a\\":2"}',
  '"\\ufffd"',
])('keys of different objects, and keys within text, do not collide: %s', (text) => {
  expect(parse(text)).toEqual({ value: JSON.parse(text) });
});
