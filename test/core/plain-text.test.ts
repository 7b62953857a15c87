import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvTable } from '../../shared/core/csv.ts';
import { plainJson, plainLines, plainStrings, plainText } from '../../shared/core/plain-text.ts';

test.each<[string, string, string]>([
  ['a colour', '\u001b[31mred\u001b[0m', 'red'],
  ['a colour in C1', '\u009b31mred', 'red'],
  ['a cursor that moves', 'a\u001b[2K\u001b[1Ab', 'ab'],
  ['a title', '\u001b]0;owned\u0007name', 'name'],
  ['a link', '\u001b]8;;https://evil.test\u001b\\here\u001b]8;;\u001b\\', 'here'],
  ['a clipboard in C1', '\u009d52;c;ZXZpbA==\u009cx', 'x'],
  ['a title without its end', 'a\u001b]0;owned', 'a'],
  ['a device string', '\u001bPq#0\u001b\\x', 'x'],
  ['a reset', '\u001bcx', 'x'],
  ['an escape alone', 'x\u001b', 'x'],
  ['C0, DEL and C1', 'a\u0000\u0008\u007f\u0080b', 'ab'],
  ['a line that is written over', 'paid\rfree', 'paid free'],
  ['line breaks of every kind', 'a\nb\r\nc\u0085d\u2028e\u2029f\tg', 'a b c d e f g'],
  ['a direction that turns', 'txt\u202egnp.exe\u202c', 'txtgnp.exe'],
  ['isolates and marks', '\u2066a\u2069\u200e\u200f\u061c', 'a'],
  ['zero width', 'pay\u200b\u200c\u200d\u2060\ufeffee', 'payee'],
  ['letters that show nothing', 'a\u3164\u115f\u034fb', 'ab'],
  ['tags', 'a\u{e0041}\u{e007f}', 'a'],
  ['half a pair', 'a\ud83e', 'a'],
  ['what people write', 'Ein Kühlschrank — ¥5, 猫, 🪁 (e.g. "x")', 'Ein Kühlschrank — ¥5, 猫, 🪁 (e.g. "x")'],
])('%s', (_what, text, plain) => {
  expect(plainText(text)).toBe(plain);
  expect(plainStrings('', text)).toBe(plainLines(text));
});

test('whatever is written, nothing is left that a terminal obeys or hides', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '\u001b[',
      '\u001b]',
      '\u009b',
      '\u0007',
      '\u001b',
      '[',
      ']',
      '\u202e',
      '\n',
      '31m',
      '\u200b',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const plain = plainText(pieces.join(''));
      expect(plain).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      expect(stripVTControlCharacters(plain)).toBe(plain);
      expect(plainText(plain)).toBe(plain);
    }),
    { numRuns: 1_000 },
  );
});

test('JSON keeps its value, and shows a terminal nothing but letters', () => {
  const value = { text: '\u001b[31m\u009b\u202e\u200d\u2028\u{e0041}🪁', list: ['\u007f'] };
  expect(JSON.parse(plainJson(value))).toEqual(value);
  expect(plainJson(value)).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
});

test('a cell whose formula hides behind what is not seen is no formula', () => {
  expect(csvTable([['\u200b=HYPERLINK("https://evil.test")', '\u001b[31m+1']])).toBe(
    '"\'=HYPERLINK(""https://evil.test"")","\'+1"\r\n',
  );
});
