import type { LineResult } from '../../shared/contracts/manifest.ts';
import { csvTable } from '../../shared/core/csv.ts';

type Column = readonly [name: string, of: (result: LineResult) => string | number | undefined];

const columns: readonly Column[] = [
  ['line', ({ line }) => line],
  ['id', ({ id }) => id],
  ['jobId', ({ jobId }) => jobId],
  ['status', ({ status }) => status],
  ['money', ({ money }) => money],
  ['usd', ({ cost }) => cost?.usd],
  ['transaction', ({ cost }) => cost?.transaction],
  ['bucket', ({ asset }) => asset?.bucket],
  ['key', ({ asset }) => asset?.key],
  ['sha256', ({ asset }) => asset?.sha256],
  ['format', ({ asset }) => asset?.format],
  ['width', ({ asset }) => asset?.width],
  ['height', ({ asset }) => asset?.height],
  ['bytes', ({ asset }) => asset?.bytes],
  ['mismatch', ({ asset }) => asset?.mismatch.join(' ')],
  ['reason', ({ reason }) => reason && `${reason.name}: ${reason.message}`],
  ['errors', ({ errors }) => errors?.map(({ field, message }) => `${field}: ${message}`).join('; ')],
];

/** The results as a CSV table, for people with a spreadsheet. */
export const resultsTable = (results: readonly LineResult[]): string =>
  csvTable([columns.map(([name]) => name), ...results.map((result) => columns.map(([, of]) => of(result)))]);
