import { plainLines } from './plain-text.ts';

/**
 * A CSV table (RFC 4180) for people with a spreadsheet: every cell is quoted, and none is a formula, since a spreadsheet
 * would run what a stranger wrote, and none holds controls or invisible characters.
 */
export const csvTable = (rows: readonly (readonly (string | number | boolean | undefined)[])[]): string =>
  rows.map((cells) => `${cells.map(harmless).join(',')}\r\n`).join('');

function harmless(cell: string | number | boolean | undefined): string {
  const text = plainLines(String(cell ?? ''));
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
