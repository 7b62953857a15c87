import { createHash } from 'node:crypto';

/** SHA-256 of some parts, each with its length before it: none runs into the next. Lower-case hex. */
export function hashOf(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`);
  return hash.digest('hex');
}

/**
 * An id that follows from what it stands for, so that every worker and every replay arrives at the same one: a UUID of
 * version 8 (RFC 9562 §5.8) whose bits are a hash of the parts.
 */
export function derivedId(...parts: readonly string[]): string {
  const hex = hashOf(...parts);
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
