import * as z from 'zod';

const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';

/** Schema of an optional field of a stranger's JSON: `null` and `""` mean that it is absent. */
export const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (isAbsent(value) ? undefined : value), schema.optional());

/** The fields of a stranger's object that are there: an optional one with `null` or `""` is not. */
export const present = <Value>(fields: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => !isAbsent(value)));
