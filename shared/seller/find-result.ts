import { parseBoundedJson } from '../protocol/bounded-json.ts';
import { readInlineUrl } from './read-inline-url.ts';

/** Where a job's result lies, or the result itself. */
export type FoundResult = { readonly url: string } | { readonly bytes: Uint8Array };

/** Of a result inside an answer; an SVG may have five of them, and base64 takes four characters for three bytes. */
export const longestInlineBytes = 9 * 1024 * 1024;
const longestUrlCharacters = 4096;
const mostCandidates = 64;
const textBounds = { characters: 256 * 1024, depth: 16 };
const deepest = 6;

/** Names under which sellers put a result, the likeliest first: a video comes before the picture that advertises it. */
const resultFields = [
  ...['videoUrl', 'video_url', 'video', 'videos', 'imageUrl', 'image_url', 'svgUrl', 'svg_url'],
  ...['svg', 'svgContent', 'svg_content', 'url', 'image', 'images', 'urls', 'sample', 'output', 'outputs'],
  ...['result', 'results', 'data', 'content', 'b64_json', 'base64', 'bytesBase64Encoded'],
];
/** The same beside a job's status, where its input may be echoed: no name that a request has too. */
const jobFields = [
  ...['result', 'output', 'outputs', 'results', 'data', 'videoUrl', 'video_url', 'imageUrl', 'image_url'],
  ...['svgUrl', 'svg_url', 'svg', 'url', 'assets', 'artifacts', 'files', 'predictions'],
  ...['resultUrl', 'result_url', 'outputUrl', 'output_url', 'response', 'beside'],
];
/** Names that requests have too, for addresses as text: beside the status, an object with a `url` is a result. */
const sharedFields = ['images', 'image', 'videos', 'video'];
/** Names inside a result whose addresses lead to something else: a preview, an input, or the job itself. */
const aside =
  /thumb|preview|poster|cover|mask|input|prompt|request|source|ref|poll|status|cancel|hook|callback|log|audio|get/i;
const thumbnailFields = ['thumbnailUrl', 'thumbnail_url', 'thumbnail'];
const base64Fields: ReadonlySet<string> = new Set(['b64_json', 'base64', 'bytesBase64Encoded']);

type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/**
 * Finds the result of a finished job: a web address, a `data:` URL or an SVG as text, by itself, in a list or under any of
 * the names that sellers use. Inside a result a name that nobody knows comes after all that are known. The first usable one
 * is the job's result. `null`, `""` and what is no result hide nothing.
 * @param answered the seller's JSON
 */
export function findResult(answered: Fields): FoundResult | undefined {
  const beside = sharedFields
    .flatMap((name) => answered[name])
    .slice(0, mostCandidates)
    .map((one) => (isObject(one) ? one.url : undefined));
  const job = { ...answered, beside };
  // A plain http address is fetched from listed origins alone: any other comes first.
  return (
    firstResult(job, known, isSafe) ??
    firstResult(job, anyButAside, isSafe) ??
    firstResult(job, known) ??
    firstResult(job, anyButAside)
  );
}

const isSafe = (found: FoundResult): boolean => !('url' in found && /^http:/i.test(found.url));

function firstResult(
  job: Fields,
  names: Names,
  isUsable: (found: FoundResult) => boolean = () => true,
): FoundResult | undefined {
  let tried = 0;
  for (const text of textsUnder(job, jobFields, names, 0)) {
    const found = readResult(text);
    if (found && isUsable(found)) return found;
    tried += 1;
    if (tried === mostCandidates) return undefined;
  }
  return undefined;
}

/** Which fields of an object inside a result are looked into, in order. */
type Names = (within: Fields) => readonly string[];
const known: Names = () => resultFields;
const anyButAside: Names = (within) => Object.keys(within).filter((name) => !aside.test(name));

/** The web address of a preview, wherever the result lies; anything else is done without. */
export function findThumbnail(job: Fields): string | undefined {
  for (const place of [job.result, job.output, job.data, job]
    .flat(1)
    .filter(isObject)
    .slice(0, mostCandidates))
    for (const value of thumbnailFields.map((field) => place[field])) {
      const text = isObject(value) ? value.url : value;
      if (typeof text === 'string' && isWebAddress(text)) return text;
    }
  return undefined;
}

/** @param fields looked into where the value is an object; `undefined` stands for those that `names` tells */
function* textsUnder(
  value: unknown,
  fields: readonly string[] | undefined,
  names: Names,
  depth: number,
): Generator<string> {
  if (typeof value === 'string') {
    yield value;
    // A result that was made JSON twice.
    const again = /^\s*[[{]/.test(value) ? parseBoundedJson(value, textBounds) : undefined;
    if (isObject(again) && depth < deepest) yield* textsUnder(again, undefined, names, depth + 1);
  }
  if (!isObject(value) || depth === deepest) return;
  if (Array.isArray(value))
    for (const one of value.slice(0, mostCandidates)) yield* textsUnder(one, undefined, names, depth + 1);
  else
    for (const field of fields ?? names(value))
      if (Object.hasOwn(value, field))
        yield* textsUnder(encoded(field, value[field]), undefined, names, depth + 1);
}

const encoded = (field: string, value: unknown): unknown =>
  typeof value === 'string' && base64Fields.has(field) && !value.startsWith('data:')
    ? `data:;base64,${value}`
    : value;

function readResult(text: string): FoundResult | undefined {
  if (isWebAddress(text)) return { url: text };
  const start = text.slice(0, 2_000).trimStart();
  const bytes = /^data:/i.test(start)
    ? readInlineUrl(text.trim(), longestInlineBytes)
    : /^\uFEFF?</.test(start) && /<([\w.-]+:)?svg[\s>/]/i.test(text)
      ? Buffer.from(text.trim())
      : undefined;
  return bytes && bytes.length <= longestInlineBytes ? { bytes } : undefined;
}

const isWebAddress = (text: string): boolean =>
  text.length <= longestUrlCharacters && /^https?:\/\//i.test(text) && URL.canParse(text);
