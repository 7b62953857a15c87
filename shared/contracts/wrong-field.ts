import * as z from 'zod';

/** One wrong field of a request: where it is, and what is wrong with it, without what it said. */
export const wrongFieldSchema = z.strictObject({ field: z.string(), message: z.string() });

export type WrongField = z.infer<typeof wrongFieldSchema>;

const most = 20;
const longest = 128;

/** As many as fit into an event, and of a field's name as much: a caller may have written anything there. */
export const briefly = (wrong: readonly WrongField[]): WrongField[] =>
  wrong.slice(0, most).map(({ field, message }) => ({
    field: field.slice(0, longest),
    message: message.slice(0, 2 * longest),
  }));
