import type { Inspected } from '../../shared/core/asset.ts';
import { type ByteSource, beginsLikeMp4, inspectMp4 } from '../../shared/core/inspect/mp4.ts';
import { inspectPicture, pictureFormatOf } from '../../shared/core/picture.ts';
import { inspectSvg } from '../../shared/protocol/svg.ts';
import type { DownloadBounds } from '../../shared/seller/download.ts';

const mebibyte = 1024 * 1024;
const longestPictureBytes = 25 * mebibyte;
const longestVideoBytes = 512 * mebibyte;
const longestSvgBytes = 5 * mebibyte;

/** What is fetched of a file at the most: only one that begins like a video may be as long as one, and take so long. */
export const assetBounds: DownloadBounds = {
  longestBytes: (head) => (beginsLikeMp4(head) ? longestVideoBytes : longestPictureBytes),
  totalMilliseconds: 200_000,
};
export const thumbnailBounds: DownloadBounds = {
  longestBytes: () => longestPictureBytes,
  totalMilliseconds: 30_000,
};

/**
 * Tells what a file is, by its bytes alone, whatever was asked for or its host says of it.
 * @returns what it is, or in words why it is not to be kept: no format of ours, damaged, cut short, or not safe
 */
export async function inspectAsset(file: ByteSource): Promise<Inspected | { readonly refused: string }> {
  const head = await file.read(0, 64);
  if (beginsLikeMp4(head)) return inspectMp4(file);
  if (pictureFormatOf(head)) return inspectPicture(await file.read(0, file.bytes));
  if (!beginsLikeXml(head)) return { refused: 'the bytes are neither PNG, JPEG, WebP, MP4 nor SVG' };
  if (file.bytes > longestSvgBytes) return { refused: `the svg is larger than ${longestSvgBytes} bytes` };
  return inspectSvg(await file.read(0, file.bytes));
}

const beginsLikeXml = (head: Uint8Array): boolean =>
  new TextDecoder().decode(head).trimStart().startsWith('<');
