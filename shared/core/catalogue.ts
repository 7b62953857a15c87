import { canonical } from './canonical.ts';
import type { Offering } from './offering.ts';
import { arrow } from './offerings/arrow.ts';
import { flux } from './offerings/flux.ts';
import { gptImage } from './offerings/gpt-image.ts';
import { grok } from './offerings/grok.ts';
import { nanoBanana } from './offerings/nano-banana.ts';
import { seedance } from './offerings/seedance.ts';
import { sora } from './offerings/sora.ts';
import { veo } from './offerings/veo.ts';
import { wan } from './offerings/wan.ts';
import { uploadEntry, uploadOffering } from './upload.ts';

/**
 * What the seller makes, by `model/operation`. Field names, ranges, prices and times follow the
 * seller's OpenAPI and llms.txt.
 */
export const catalogue: Readonly<Record<string, Offering>> = {
  ...flux,
  ...nanoBanana,
  ...gptImage,
  ...grok,
  ...veo,
  ...sora,
  ...wan,
  ...seedance,
  ...arrow,
};

/** Everything that is paid for: the catalogue, and the uploads that its requests need. */
export const offeringOf = (name: string): Offering | undefined =>
  name === uploadOffering ? uploadEntry : Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;

/** The seller's path for an entry; our own intake answers at the same one. */
export const offeringPath = (name: string): string =>
  name === uploadOffering ? '/api/upload' : `/api/generate/${name}`;

/** The media that a request names, in the order of its fields. */
export function mediaOf(entry: Offering, body: string): string[] {
  const request = JSON.parse(body) as Record<string, string | string[] | undefined>;
  return entry.media.flatMap((field) => request[field] ?? []);
}

/** The request with other media in its place. */
export function withMedia(entry: Offering, body: string, replacement: (reference: string) => string): string {
  const request = JSON.parse(body) as Record<string, string | string[] | undefined>;
  const replaced = entry.media.flatMap((field) => {
    const media = request[field];
    if (media === undefined) return [];
    return [[field, Array.isArray(media) ? media.map(replacement) : replacement(media)] as const];
  });
  return JSON.stringify({ ...request, ...Object.fromEntries(replaced) });
}

/**
 * Whether a job in the seller's list is of this request: every field that was sent is echoed, and those that were left
 * out are at their defaults where that makes a difference.
 * @param body our request, the JSON that was sent
 * @param echoed what the seller says it was asked
 */
export function sameRequest(entry: Offering, body: string, echoed: unknown): boolean {
  if (typeof echoed !== 'object' || echoed === null) return false;
  const sent: Record<string, unknown> = { ...entry.defaults, ...JSON.parse(body) };
  const shown: Record<string, unknown> = { ...entry.defaults, ...echoed };
  return Object.entries(sent).every(([field, value]) => canonical(shown[field]) === canonical(value));
}
