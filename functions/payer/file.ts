import { createHash } from 'node:crypto';
import type { Source } from '../../shared/core/job-record.ts';
import { inspectPicture } from '../../shared/core/picture.ts';
import { longestUploadBytes, uploadTypes } from '../../shared/core/upload.ts';
import { findReference } from '../references.ts';
import type { Payer } from './payer.ts';

/** A file that a request names, read and looked at. */
export interface File {
  readonly source: Source;
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly size: number;
  /** Of our making: what a caller called it is nobody's business. */
  readonly filename: string;
}

/** Reads a referenced file: whose it is, how long it is, and what its bytes are. */
export async function readFile(
  payer: Payer,
  caller: string,
  reference: string,
): Promise<File | { refused: string }> {
  const found = await findReference(payer, caller, reference);
  if ('refused' in found) return found;
  if ('url' in found) return { refused: 'is already on the web' };
  const read = await payer.files.read(found.bucket, found.key, longestUploadBytes);
  if ('missing' in read) return { refused: 'is not there' };
  if ('tooLong' in read) return { refused: `is longer than ${longestUploadBytes} bytes` };
  const { bytes } = read;
  const picture = inspectPicture(bytes);
  if ('refused' in picture) return { refused: `cannot be used: ${picture.refused}` };
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    source: { ...found, sha256 },
    bytes,
    contentType: uploadTypes[picture.format],
    size: bytes.length,
    filename: `${sha256.slice(0, 16)}.${picture.format}`,
  };
}
