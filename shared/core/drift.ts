import * as z from 'zod';
import { type Advertised, readAdvertised } from './advertised.ts';
import { catalogue, offeringPath } from './catalogue.ts';
import { type FieldShape, readRequestShape } from './field-shape.ts';
import type { Offering } from './offering.ts';
import { uploadEntry, uploadOffering } from './upload.ts';

/** Where a seller's own description of what it sells is not what our catalogue says. `operation` is `model/operation`. */
export type Difference =
  | { readonly what: 'operation'; readonly operation: string; readonly onlyIn: Side }
  | { readonly what: 'field'; readonly operation: string; readonly field: string; readonly onlyIn: Side }
  /** Both have the field, and one of them must have it. */
  | { readonly what: 'required'; readonly operation: string; readonly field: string; readonly onlyIn: Side }
  | ({ readonly what: 'kind'; readonly operation: string; readonly field: string } & Both<string>)
  /** What each takes that the other does not. */
  | ({ readonly what: 'values'; readonly operation: string; readonly field: string } & Both<
      readonly string[]
    >)
  | ({
      readonly what: 'least' | 'most';
      readonly operation: string;
      readonly field: string;
    } & Both<number | undefined>)
  /** Atomic units: our lowest and highest ceiling, and the seller's published range. */
  | ({ readonly what: 'price'; readonly operation: string } & Both<readonly [string, string]>)
  /** The seller describes its price or its request in no way that we read. */
  | { readonly what: 'unreadable'; readonly operation: string; readonly part: 'price' | 'request' };

type Side = 'ours' | 'theirs';
interface Both<Value> {
  readonly ours: Value;
  readonly theirs: Value;
}

/**
 * Compares the catalogue with a seller's OpenAPI document.
 * @param document of any form; the text it came as was within bounds
 * @returns every difference, none when both say the same; or in words why the document cannot be read
 */
export function compareWithSeller(
  document: unknown,
): readonly Difference[] | { readonly unreadable: string } {
  const advertised = readAdvertised(document);
  if ('unreadable' in advertised) return advertised;
  const ours = new Map(Object.entries({ ...catalogue, [uploadOffering]: uploadEntry }));
  const names = new Map([...ours.keys()].map((name) => [offeringPath(name), name]));
  const theirs = new Map(
    [...advertised].map(([path, operation]) => [names.get(path) ?? nameOf(path), operation]),
  );
  return [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((operation) => {
    const [entry, other] = [ours.get(operation), theirs.get(operation)];
    if (entry && other) return operationDifferences(operation, entry, other);
    return [{ what: 'operation', operation, onlyIn: entry ? 'ours' : 'theirs' }];
  });
}

const nameOf = (path: string): string => path.replace('/api/generate/', '');

const operationDifferences = (operation: string, entry: Offering, other: Advertised): Difference[] => [
  ...priceDifferences(operation, entry, other.priceAtomic),
  // Of what an upload may hold we use a part.
  ...(operation === uploadOffering ? [] : requestDifferences(operation, entry, other.request)),
];

/** A ceiling may be above the cheapest price, where only a range is published; the dearest must be the same. */
function priceDifferences(
  operation: string,
  entry: Offering,
  theirs: Advertised['priceAtomic'],
): Difference[] {
  if (!theirs) return [{ what: 'unreadable', operation, part: 'price' }];
  const ours = entry.ceilingRangeAtomic;
  if (theirs[0] <= ours[0] && theirs[1] === ours[1]) return [];
  const written = ([lowest, highest]: typeof theirs) => [String(lowest), String(highest)] as const;
  return [{ what: 'price', operation, ours: written(ours), theirs: written(theirs) }];
}

function requestDifferences(operation: string, entry: Offering, theirs: Advertised['request']): Difference[] {
  const schema = z.toJSONSchema(entry.request, { io: 'input' });
  const ours = readRequestShape(schema, schema);
  if (!theirs || !ours) return [{ what: 'unreadable', operation, part: 'request' }];
  const fields = new Set([...Object.keys(ours.fields), ...Object.keys(theirs.fields)]);
  return [...fields].flatMap((field): Difference[] => {
    const [one, other] = [ours.fields[field], theirs.fields[field]];
    if (!one || !other) return [{ what: 'field', operation, field, onlyIn: one ? 'ours' : 'theirs' }];
    const [needs, needed] = [ours.required.includes(field), theirs.required.includes(field)];
    return [
      ...(needs === needed
        ? []
        : [{ what: 'required', operation, field, onlyIn: needs ? 'ours' : 'theirs' } as const]),
      ...(entry.loose.includes(field)
        ? []
        : fieldDifferences({ operation, field }, one, other, entry.media.includes(field))),
    ];
  });
}

function fieldDifferences(
  at: { readonly operation: string; readonly field: string },
  ours: FieldShape,
  theirs: FieldShape,
  isMedia: boolean,
): Difference[] {
  if (ours.kind !== theirs.kind) return [{ what: 'kind', ...at, ours: ours.kind, theirs: theirs.kind }];
  const [mine, others] = [ours.values ?? [], theirs.values ?? []];
  const onlyOurs = mine.filter((value) => !others.includes(value));
  const onlyTheirs = others.filter((value) => !mine.includes(value));
  // What a caller may write in the place of media is for us to say; how many, for the seller.
  const bounds = isMedia && ours.kind === 'text' ? [] : (['least', 'most'] as const);
  return [
    ...(onlyOurs.length + onlyTheirs.length > 0
      ? [{ what: 'values', ...at, ours: onlyOurs, theirs: onlyTheirs } as const]
      : []),
    ...bounds
      .filter((bound) => ours[bound] !== theirs[bound])
      .map((bound) => ({ what: bound, ...at, ours: ours[bound], theirs: theirs[bound] })),
  ];
}
