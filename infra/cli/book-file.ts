import { parquetWriteBuffer } from 'hyparquet-writer';
import { csvTable } from '../../shared/core/csv.ts';
import type { BookLine } from './book-lines.ts';

type Kind = 'STRING' | 'INT64' | 'TIMESTAMP' | 'BOOLEAN';

/** Columns in their order, by name, with what they are in Parquet. */
const columns = {
  day: 'STRING',
  state: 'STRING',
  bookedAt: 'TIMESTAMP',
  reservedAt: 'TIMESTAMP',
  reservedDay: 'STRING',
  jobId: 'STRING',
  caller: 'STRING',
  model: 'STRING',
  payTo: 'STRING',
  usd: 'STRING',
  amountAtomic: 'INT64',
  network: 'STRING',
  asset: 'STRING',
  transaction: 'STRING',
  blockNumber: 'INT64',
  payer: 'STRING',
  nonce: 'STRING',
  outcome: 'STRING',
  isLoss: 'BOOLEAN',
  sellerJobId: 'STRING',
  forJobId: 'STRING',
} as const satisfies Record<keyof BookLine, Kind>;

const names = Object.keys(columns) as (keyof BookLine)[];

export const bookFormats = ['csv', 'parquet', 'json'] as const;
export type BookFormat = (typeof bookFormats)[number];

/** The books as a file: CSV for a spreadsheet, Parquet for what reads tables, JSON Lines for programs. */
export function bookFile(lines: readonly BookLine[], format: BookFormat): string | Uint8Array {
  if (format === 'parquet') return parquetOf(lines);
  if (format === 'csv')
    return csvTable([names, ...lines.map((line) => names.map((name) => cellOf(line, name)))]);
  return lines.map((line) => `${JSON.stringify(plainOf(line))}\n`).join('');
}

const cellOf = (line: BookLine, name: keyof BookLine): string | boolean | undefined => {
  const value = line[name];
  if (value === undefined || typeof value === 'boolean') return value;
  return value instanceof Date ? value.toISOString() : String(value);
};

/** Amounts as text: a number of JSON need not be exact. */
export const plainOf = (line: BookLine): Record<string, unknown> => ({
  ...Object.fromEntries(names.map((name) => [name, cellOf(line, name)])),
  ...(line.blockNumber !== undefined && { blockNumber: line.blockNumber }),
});

function parquetOf(lines: readonly BookLine[]): Uint8Array {
  const columnData = names.map((name) => ({
    name,
    type: columns[name],
    data: lines.map((line) => {
      const value = line[name] ?? null;
      return columns[name] === 'INT64' && typeof value === 'number' ? BigInt(value) : value;
    }),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
