import { buffer } from 'node:stream/consumers';
import type { ResultHosts } from '../../../shared/aws/dynamodb-hosts.ts';
import type { Announcements } from '../../../shared/aws/eventbridge.ts';
import type { PictureStore } from '../../../shared/aws/s3.ts';
import type { AssetStore } from '../../../shared/aws/s3-assets.ts';
import type { FileStore } from '../../../shared/aws/s3-files.ts';
import type { InlineResults } from '../../../shared/aws/s3-inline.ts';
import type { JobEnded, PaymentResolved } from '../../../shared/contracts/event.ts';
import { inlineKey } from '../../../shared/core/asset.ts';
import type { Download } from '../../../shared/seller/download.ts';
import { memoryFile } from '../../functions/memory-file.ts';

/** The smallest thing that is a WebP of 1000 × 1000 by its container, with a name in its pixels. */
export function pictureOf(name: string): Buffer {
  // Chunks of a WebP are of even length, five bytes of this one its header.
  const body = Buffer.from(name.padEnd(31, '.'));
  const bytes = Buffer.alloc(25 + body.length);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WEBPVP8L', 8);
  bytes.writeUInt32LE(bytes.length - 20, 16);
  bytes.writeUInt8(0x2f, 20);
  bytes.writeUInt32LE(999 | (999 << 14), 21);
  body.copy(bytes, 25);
  return bytes;
}

/** The web's, the bucket's and the bus's side of a deployment. */
export function openStorage() {
  const objects = new Map<string, Buffer>();
  const events: JobEnded[] = [];
  const resolutions: PaymentResolved[] = [];
  const heldOrigins = new Set<string>();
  const files = new Map<string, Buffer>();
  /** A stream for each of some thousand pictures costs more than all the rest of a schedule. */
  const bytesOf = new WeakMap<object, Buffer>();
  return {
    objects,
    events,
    resolutions,
    files,
    announcements: {
      put: async (detail) => void ('outcome' in detail ? resolutions.push(detail) : events.push(detail)),
    } satisfies Announcements,
    pictures: {
      presign: async (key, seconds) => `https://bucket.test/${key}?expires=${seconds}`,
    } satisfies PictureStore,
    assets: {
      putFile: async (key, file) => void objects.set(key, bytesOf.get(file) ?? (await buffer(file.stream()))),
      putJson: async (key, text) => void objects.set(key, Buffer.from(text)),
    } satisfies AssetStore,
    inlineResults: {
      put: async (jobId, bytes) => void objects.set(inlineKey(jobId), Buffer.from(bytes)),
    } satisfies InlineResults,
    store: {
      read: async (bucket, key) => {
        const bytes = bucket === 'pictures' ? objects.get(key) : files.get(`${bucket}/${key}`);
        return bytes ? { bytes } : ({ missing: true } as const);
      },
    } satisfies FileStore,
    hosts: {
      noteHeld: async ({ origin }) => void heldOrigins.add(origin),
    } satisfies Pick<ResultHosts, 'noteHeld'>,
    heldOrigins,
    downloads: {
      async get(url: string): Promise<Download> {
        const bytes = pictureOf(new URL(url).pathname.slice(1));
        const file = memoryFile(bytes);
        bytesOf.set(file, bytes);
        return { file };
      },
    },
  };
}
