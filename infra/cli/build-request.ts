import { readFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import { readCell } from '../../functions/intake/read-cell.ts';
import { catalogue } from '../../shared/core/catalogue.ts';
import { pictureFormatOf } from '../../shared/core/picture.ts';
import { parseReference } from '../../shared/core/reference.ts';
import { uploadTypes } from '../../shared/core/upload.ts';
import type { Client } from '../client/create-client.ts';

/** What a person says of one request on the command line. */
export interface Wish {
  readonly prompt?: string | undefined;
  /** References, or files on this machine. */
  readonly images?: readonly string[];
  readonly set?: readonly (readonly [field: string, text: string])[];
  readonly maxPrice?: string | undefined;
  readonly reuse?: boolean | undefined;
}

/** The name of a catalogue entry: `flux-2-pro` stands for what it is asked to do. */
export const modelName = (model: string, operation: 'generate' | 'edit'): string =>
  model.includes('/') ? model : `${model}/${operation}`;

/** Of a name that is none, with those that begin as it does. */
export function noSuchModel(name: string): string {
  const [model = '', operation] = name.split('/');
  const near = (known: string): boolean =>
    known.startsWith(`${model}/`) || (model.length >= 3 && known.startsWith(model.slice(0, 4)));
  const meant = Object.keys(catalogue).filter(
    (known) => near(known) && (operation === undefined || known.endsWith(`/${operation}`)),
  );
  const perhaps = meant.length > 0 ? ` Did you mean ${meant.slice(0, 4).join(' or ')}?` : '';
  return `There is no model "${name}"; "coinbooth models" lists what there is.${perhaps}`;
}

/** Reads `field=value` of the command line. */
export function readField(text: string, before: Wish['set'] = []): NonNullable<Wish['set']> {
  const [, field, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (field === undefined || value === undefined)
    throw new InvalidArgumentError('It must be field=value, such as seed=7.');
  if (before.some(([known]) => known === field)) throw new InvalidArgumentError(`${field} is given twice.`);
  return [...before, [field, value]];
}

/**
 * Puts a request together in the seller's field names, its values as the model's schema has them. A file that is named
 * in a field of media is uploaded, and named by what it is called then.
 */
export async function buildRequest(
  client: Client,
  model: string,
  { prompt, images = [], set = [], maxPrice, reuse }: Wish,
): Promise<Record<string, unknown>> {
  if (!Object.hasOwn(catalogue, model)) throw new Error(noSuchModel(model));
  // Without a prototype "__proto__" is a field like any other, and refused by name.
  const request: Record<string, unknown> = Object.assign(Object.create(null), {
    ...(prompt !== undefined && { prompt }),
    ...(images.length > 0 && { images: [...images] }),
    ...(maxPrice !== undefined && { maxPrice }),
    ...(reuse && { reuse }),
  });
  for (const [field, text] of set) {
    if (Object.hasOwn(request, field))
      throw new Error(
        `"${field}" is given twice: as --set ${field}=… and by an argument or option of its own.`,
      );
    request[field] = readCell(model, field, text);
  }
  for (const field of catalogue[model]?.media ?? []) {
    const media = request[field] as string | string[] | undefined;
    if (Array.isArray(media)) request[field] = await Promise.all(media.map((one) => nameFile(client, one)));
    else if (media !== undefined) request[field] = await nameFile(client, media);
  }
  return request;
}

/** What is no reference by its form must be a file here. */
async function nameFile(client: Client, media: string): Promise<string> {
  if (parseReference(media)) return media;
  const bytes = await readFile(media).catch(() => {
    throw new Error(
      `"${media}" is no file here, no job of yours, no upload:ID, s3://bucket/key or https URL.`,
    );
  });
  const format = pictureFormatOf(bytes);
  if (!format) throw new Error(`${media} is neither PNG, JPEG nor WebP.`);
  return (await client.upload(bytes, uploadTypes[format])).reference;
}
