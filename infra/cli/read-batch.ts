import { basename } from 'node:path';
import { hashOf } from '../../functions/derived-id.ts';
import { checkForm } from '../../functions/intake/check.ts';
import { parseManifest, type RawLine } from '../../functions/intake/parse-manifest.ts';
import type { WrongField } from '../../shared/contracts/wrong-field.ts';
import { canonical } from '../../shared/core/canonical.ts';
import { formatUsd } from '../../shared/core/money.ts';

/** A line that will be asked for. */
export interface BatchLine {
  readonly line: number;
  /** The person's own label. */
  readonly id?: string;
  readonly model: string;
  readonly request: Readonly<Record<string, unknown>>;
  /** Of the file's name, what the line says, and how many like it came before: so a line may move. */
  readonly key: string;
}

interface BadLine {
  readonly line: number;
  readonly errors: readonly WrongField[];
}

export interface Batch {
  readonly good: readonly BatchLine[];
  readonly bad: readonly BadLine[];
  /** The most that the good lines may cost together, places for their files apart. */
  readonly mostUsd: string;
}

/** Under which a line is bought: another attempt is another purchase. */
export const attemptKey = ({ key }: BatchLine, attempt: number): string => hashOf(key, String(attempt));

/**
 * Reads a file of many requests, a manifest's in form (JSON Lines or CSV), and checks every line.
 * @throws Error in words when the file as a whole cannot be read
 */
export function readBatch(file: string, bytes: Uint8Array): Batch {
  const name = basename(file);
  const parsed = parseManifest(name, bytes);
  if ('refused' in parsed) throw new Error(`${file}: ${parsed.refused.message}`);
  const seen = new Map<string, number>();
  let mostAtomic = 0n;
  const lines = parsed.lines.map((raw): BatchLine | BadLine => {
    if ('errors' in raw) return raw;
    const { model, id, request, wrong, atMostAtomic } = checkLine(raw);
    if (wrong.length > 0) return { line: raw.line, errors: wrong };
    mostAtomic += atMostAtomic;
    const content = canonical({ model, ...request });
    const nth = (seen.get(content) ?? 0) + 1;
    seen.set(content, nth);
    const key = hashOf('batch', name, content, String(nth));
    return { line: raw.line, model, request, key, ...(id !== undefined && { id }) };
  });
  return {
    good: lines.filter((line) => 'key' in line),
    bad: lines.filter((line) => 'errors' in line),
    mostUsd: formatUsd(mostAtomic.toString(), 6),
  };
}

function checkLine({ value }: Extract<RawLine, { value: unknown }>) {
  const { id, model: said, ...request } = value;
  const model = typeof said === 'string' ? said.trim() : '';
  const formed = checkForm(model, request);
  const wrong = 'wrong' in formed ? formed.wrong : [];
  const atMostAtomic = 'wrong' in formed ? 0n : mostOf(formed);
  return { model, id: id === undefined ? undefined : String(id), request, wrong, atMostAtomic };
}

function mostOf({
  entry,
  fields,
  controls,
}: Exclude<ReturnType<typeof checkForm>, { wrong: unknown }>): bigint {
  const ours = entry.ceilingAtomic(fields);
  const theirs = controls.maxPrice === undefined ? ours : BigInt(controls.maxPrice);
  return theirs < ours ? theirs : ours;
}
