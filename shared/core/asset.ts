import type { AssetFormat, Expected, Offering } from './offering.ts';

/** A result that was delivered: what it is called, how it is served, and how far it is what was asked. */

export const contentTypes: Readonly<Record<AssetFormat, string>> = {
  webp: 'image/webp',
  jpg: 'image/jpeg',
  png: 'image/png',
  mp4: 'video/mp4',
  svg: 'image/svg+xml',
};

/** By its bytes too: of two deliveries at once, neither writes over what the other recorded. */
export const assetKey = (jobId: string, sha256: string, format: AssetFormat): string =>
  `pictures/${jobId}-${sha256.slice(0, 16)}.${format}`;

/** What is known of an asset, beside it. */
export const sideCarKey = (key: string): string => key.replace(/\.[a-z0-9]+$/, '.json');

/** What an asset is, by its bytes. */
export interface Inspected {
  readonly format: AssetFormat;
  readonly width: number;
  readonly height: number;
  /** Of a video that says so. */
  readonly durationSeconds?: number;
}

export type Mismatch = 'format' | 'aspect' | 'size' | 'duration';

/** Which formats an entry of the catalogue declares. */
const declared: Readonly<Record<Offering['returns'], readonly AssetFormat[]>> = {
  picture: ['webp', 'jpg', 'png'],
  video: ['mp4'],
  svg: ['svg'],
};

/**
 * In which respects an asset is not what was asked; it is delivered all the same, since it was paid for.
 * @param expected by the request; what it leaves open cannot be missed
 */
export function mismatches(
  asset: Inspected,
  expected: Expected,
  returns: Offering['returns'] = 'picture',
): Mismatch[] {
  const { width, height, durationSeconds } = asset;
  const { format = asset.format, aspect = width / height } = expected;
  const { megapixels = (width * height) / 1_000_000, durationSeconds: asked = durationSeconds } = expected;
  const stretched = width / height / aspect;
  const grown = (width * height) / (megapixels * 1_000_000);
  const lasts = durationSeconds !== undefined && asked !== undefined;
  return [
    ...(asset.format === format && declared[returns].includes(asset.format) ? [] : (['format'] as const)),
    ...(stretched > 0.95 && stretched < 1.05 ? [] : (['aspect'] as const)),
    // A drawing has no pixels of its own.
    ...((grown > 0.75 && grown < 1.34) || asset.format === 'svg' ? [] : (['size'] as const)),
    ...(lasts && Math.abs(durationSeconds - asked) > Math.max(0.5, asked / 10)
      ? (['duration'] as const)
      : []),
  ];
}

/** Where a result lies that came inside a seller's answer, between the poll that read it and its delivery. */
export const inlinePrefix = 'inline/';
export const inlineKey = (jobId: string): string => inlinePrefix + jobId;
