import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as z from 'zod';

/**
 * Long texts of the ledger, packed: a row is billed by the kilobyte with each write, and what a seller wants echoed is
 * several of them. What is unpacked is exactly what was packed, to the byte.
 */

/** Far above what a challenge may be (`protocol/x402.ts`). */
const longestBytes = 512 * 1024;
const base64 = 1;
const plain = 0;

/** @param text base64 in its one canonical spelling is kept as the bytes that it stands for */
export function packed(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  const isBase64 = text !== '' && bytes.toString('base64') === text;
  const kept = deflateRawSync(isBase64 ? bytes : Buffer.from(text), { level: 9 });
  return Buffer.concat([Buffer.of(isBase64 ? base64 : plain), kept]);
}

/** @throws Error on bytes that `packed` did not make */
export function unpacked(bytes: Uint8Array): string {
  const [kind] = bytes;
  if (kind !== base64 && kind !== plain) throw new Error('These bytes are no packed text.');
  const kept = inflateRawSync(bytes.subarray(1), { maxOutputLength: longestBytes });
  return kept.toString(kind === base64 ? 'base64' : 'utf8');
}

/** A long text as a row holds it: as it is, or packed. */
export const longText = z.union([
  z.string(),
  z.instanceof(Uint8Array).transform((bytes, context) => {
    try {
      return unpacked(bytes);
    } catch {
      context.addIssue('is no packed text');
      return z.NEVER;
    }
  }),
]);
