/**
 * Text of strangers before a terminal, a log or a page shows it. A seller's words could move the cursor, colour a line
 * as one of ours, turn the reading direction, or hide letters.
 */

const [esc, csi, bell, end] = ['\u001b', '\u009b', '\u0007', '\u009c'];

/** Sequences of ECMA-48: control sequences, and strings such as OSC with all that they carry. */
const sequences = new RegExp(
  [
    `(?:${esc}\\[|${csi})[0-?]*[ -/]*[@-~]`,
    `(?:${esc}[\\]PX^_]|[\u0090\u0098\u009d-\u009f])[^${bell}${esc}${end}\\n]*(?:${bell}|${esc}\\\\|${end})?`,
    `${esc}[ -/]*[0-~]?`,
  ].join('|'),
  'g',
);
const breaks = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
/** Controls, format characters (bidi and zero width among them), lone surrogates, and letters that show nothing. */
const unseen = /\u034f|[\p{Cc}\p{Cf}\p{Cs}\u115f\u1160\u3164\uffa0]/gu;

/** One line of it: without escape sequences, controls, bidi overrides and invisible characters. */
export const plainText = (text: string): string =>
  text.replace(sequences, '').replace(breaks, ' ').replace(unseen, '');

/** The same with its line feeds kept. */
export const plainLines = (text: string): string => text.split('\n').map(plainText).join('\n');

/** A replacer of `JSON.stringify` that makes every string plain. */
export const plainStrings = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? plainLines(value) : value;

/** JSON of a value with what a terminal must not see written as `\\u` escapes: the value itself is unchanged. */
export const plainJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u007f-\u009f\p{Cf}\u2028\u2029]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );
