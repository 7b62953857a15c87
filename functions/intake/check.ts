import type * as z from 'zod';
import type { WrongField } from '../../shared/contracts/wrong-field.ts';
import { canonical } from '../../shared/core/canonical.ts';
import { catalogue } from '../../shared/core/catalogue.ts';
import { type Controls, controlNames, controlsSchema } from '../../shared/core/controls.ts';
import type { Offering } from '../../shared/core/offering.ts';
import { plainText } from '../../shared/core/plain-text.ts';
import { plainWords } from '../../shared/core/plain-words.ts';
import { hashOf } from '../derived-id.ts';
import { findReference, type Library } from '../references.ts';

/** A request that may be asked of the seller, as far as can be told without asking. */
export interface Checked {
  readonly name: string;
  readonly entry: Offering;
  /** JSON, in the seller's field names. */
  readonly body: string;
  readonly controls: Controls;
  /** Of its media, what is not on the web. */
  readonly references: readonly string[];
  /** Of caller, entry and request. */
  readonly requestHash: string;
}

/**
 * Checks a request against the catalogue, what it says to us beside, and where its media lead. Every door begins here.
 * @param name `model/operation`
 * @param request unparsed
 * @returns the request, or every wrong field
 */
export async function check(
  library: Library,
  caller: string,
  name: string,
  request: unknown,
): Promise<Checked | { wrong: readonly WrongField[] }> {
  const formed = checkForm(name, request);
  if ('wrong' in formed) return formed;
  const { entry, fields, controls } = formed;
  const wrong: WrongField[] = [];
  const body = JSON.stringify(fields);
  const references: string[] = [];
  for (const { field, text } of placesOf(entry, fields)) {
    const found = await findReference(library, caller, text);
    if ('refused' in found) wrong.push({ field, message: found.refused });
    else if (!('url' in found)) references.push(text);
  }
  if (wrong.length > 0) return { wrong };
  const requestHash = hashOf(caller, name, canonical(fields));
  return { name, entry, body, controls, references, requestHash };
}

/** The same as far as a request itself tells, wherever it is: where its media lead is not asked. */
export function checkForm(
  name: string,
  request: unknown,
): { entry: Offering; fields: unknown; controls: Controls } | { wrong: readonly WrongField[] } {
  const entry = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
  if (!entry) {
    const message = name === '' ? 'is missing' : `There is no ${name.slice(0, 80)}.`;
    return { wrong: [{ field: 'model', message }] };
  }
  const { mine, rest } = apart(request);
  const controls = controlsSchema.safeParse(mine, { error: plainWords });
  const parsed = entry.request.safeParse(rest, { error: plainWords });
  if (controls.success && parsed.success) return { entry, fields: parsed.data, controls: controls.data };
  const issues = [controls, parsed].flatMap(({ error }) => error?.issues ?? []);
  return { wrong: issues.flatMap(nearest).flatMap(wrongFields) };
}

/** What is said to us, and what is for the seller. */
function apart(request: unknown): { mine: Record<string, unknown>; rest: unknown } {
  if (typeof request !== 'object' || request === null || Array.isArray(request))
    return { mine: {}, rest: request };
  const fields = Object.entries(request);
  return {
    mine: Object.fromEntries(fields.filter(([field]) => controlNames.includes(field))),
    rest: Object.fromEntries(fields.filter(([field]) => !controlNames.includes(field))),
  };
}

/** Every piece of media with the name of its place, such as `images.0`. */
function placesOf(entry: Offering, request: unknown): { field: string; text: string }[] {
  const fields = request as Record<string, string | readonly string[] | undefined>;
  return entry.media.flatMap((field) => {
    const media = fields[field];
    if (media === undefined) return [];
    return typeof media === 'string'
      ? [{ field, text: media }]
      : media.map((text, index) => ({ field: `${field}.${index}`, text }));
  });
}

/** One line per wrong field; an unknown field is named itself, not its parent, and by what can be shown of its name. */
export const wrongFields = (issue: z.core.$ZodIssue): WrongField[] =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({
        field: plainText([...issue.path, key].join('.')),
        message: 'is not a field of this request',
      }))
    : [{ field: plainText(issue.path.join('.')) || 'body', message: issue.message }];

/** Where there are several ways of asking, what is wrong is told of the one that the request comes nearest to. */
function nearest(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.path.length > 0) return [issue];
  // A field of another way weighs more than one that is missing: it says which way was meant.
  const weight = (issues: readonly z.core.$ZodIssue[]) =>
    issues.reduce((sum, one) => sum + (one.code === 'unrecognized_keys' ? 2 * one.keys.length : 1), 0);
  const [closest = [issue]] = issue.errors.toSorted((one, other) => weight(one) - weight(other));
  return closest;
}
