import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** A row as the wire has it. */
export type Item = Readonly<Record<string, AttributeValue>>;

const utf8 = (text: string): number => Buffer.byteLength(text);

/**
 * Bytes of a row as DynamoDB counts them ("Item sizes and formats" of its developer guide): names and texts in UTF-8,
 * a number one byte for two digits and one more, a list or map three bytes and one for each member.
 */
export const itemBytes = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + utf8(name) + valueBytes(value), 0);

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return utf8(value.S);
  if (value.B !== undefined) return Buffer.from(String(value.B), 'base64').length;
  if (value.N !== undefined) return Math.ceil(value.N.replace(/^-|\./g, '').length / 2) + 1;
  if (value.L) return 3 + value.L.reduce((sum, member) => sum + 1 + valueBytes(member), 0);
  if (value.M) return 3 + Object.keys(value.M).length + itemBytes(value.M);
  if (value.BOOL !== undefined || value.NULL !== undefined) return 1;
  throw new Error(`The ledger has no values such as ${Object.keys(value)}.`);
}

/** Write request units of a row: one for each kilobyte begun; twice as many in a transaction. */
export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1024));

/** Read request units of a row, read consistently: one for each four kilobytes begun. */
export const readUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 4096));
