import type { BadLine, Refusal } from '../../shared/contracts/manifest.ts';
import { manifestLimits } from '../../shared/core/manifest.ts';
import { isDeeperThan } from '../../shared/protocol/bounded-json.ts';
import { parseCallerJson } from '../../shared/protocol/caller-json.ts';
import { decodeManifest } from './decode-manifest.ts';
import { parseTable } from './parse-table.ts';

/** A line that is an object, whatever it says; or one that is none. */
export type RawLine =
  | { readonly line: number; readonly value: Readonly<Record<string, unknown>> }
  | Pick<BadLine, 'line' | 'errors'>;

export type RawLines = { readonly lines: readonly RawLine[] } | { readonly refused: Refusal };

/**
 * Reads a manifest: JSON Lines or a CSV table, by its name or, when that says nothing, by how it begins.
 * @param key the object's key
 * @returns its lines, or why it is refused as a whole
 */
export function parseManifest(key: string, bytes: Uint8Array): RawLines {
  const decoded = decodeManifest(bytes);
  if ('refused' in decoded) return decoded;
  const { text } = decoded;
  const format = formatOf(key, text);
  if (format === undefined)
    return {
      refused: {
        name: 'ManifestFormatUnknown',
        message: 'The manifest is neither JSON Lines (.jsonl, .ndjson) nor a CSV table (.csv).',
      },
    };
  const parsed = format === 'table' ? parseTable(text) : parseLines(text);
  if ('refused' in parsed) return parsed;
  const { length } = parsed.lines;
  if (length === 0)
    return { refused: { name: 'ManifestEmpty', message: 'There is no line in the manifest.' } };
  return length > manifestLimits.lines ? { refused: tooLong } : parsed;
}

function formatOf(key: string, text: string): 'lines' | 'table' | undefined {
  if (/\.(jsonl|ndjson)$/i.test(key)) return 'lines';
  if (/\.csv$/i.test(key)) return 'table';
  const start = text.trimStart();
  if (start.startsWith('{')) return 'lines';
  const [header = ''] = start.split(/[\r\n]/, 1);
  return /(^|,)\s*"?model"?\s*(,|$)/.test(header) ? 'table' : undefined;
}

/** Blank lines count for the numbers of the others, and for nothing else. */
function parseLines(text: string): RawLines {
  const lines: RawLine[] = [];
  for (const [index, content] of text.split('\n').entries()) {
    if (content.trim() === '') continue;
    const line = index + 1;
    const refused = unreadable(content, line);
    if (refused) return { refused };
    lines.push(readLine(line, content));
    // The rest would only be counted; a bomb of short lines is not parsed to the end.
    if (lines.length > manifestLimits.lines) return { refused: tooLong };
  }
  return { lines };
}

const bounds = { bytes: manifestLimits.lineBytes, depth: manifestLimits.depth };

/** Why the whole manifest is refused because of one line's text; undefined when it may be parsed. */
export function unreadable(content: string, line: number): Refusal | undefined {
  const bytes = Buffer.byteLength(content);
  if (bytes > manifestLimits.lineBytes) return lineTooLong(line, String(bytes));
  if (!isDeeperThan(content, manifestLimits.depth)) return undefined;
  return {
    name: 'LineTooDeep',
    message: `Line ${line} is nested deeper than ${manifestLimits.depth}.`,
    allowed: String(manifestLimits.depth),
    line,
  };
}

export const lineTooLong = (line: number, found?: string): Refusal => ({
  name: 'LineTooLong',
  message: `Line ${line} has more than ${manifestLimits.lineBytes} bytes.`,
  ...(found !== undefined && { found }),
  allowed: String(manifestLimits.lineBytes),
  line,
});

export const tooLong: Refusal = {
  name: 'ManifestTooLong',
  message: `The manifest has more than ${manifestLimits.lines} lines.`,
  found: `more than ${manifestLimits.lines}`,
  allowed: String(manifestLimits.lines),
};

function readLine(line: number, content: string): RawLine {
  const read = parseCallerJson(content, bounds);
  const wrong = (message: string): RawLine => ({ line, errors: [{ field: 'line', message }] });
  if ('fault' in read) return wrong(read.fault);
  const { value } = read;
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { line, value: value as Record<string, unknown> }
    : wrong('is not a JSON object');
}
