import { CsvError, parse } from 'csv-parse/sync';
import type { Refusal } from '../../shared/contracts/manifest.ts';
import { manifestLimits } from '../../shared/core/manifest.ts';
import { lineTooLong, type RawLine, type RawLines } from './parse-manifest.ts';
import { readCell } from './read-cell.ts';

/**
 * Reads a CSV table (RFC 4180) whose first row names the fields. An empty cell is a field that is absent; what is in a
 * cell of another kind than text is read as the model's schema has it.
 */
export function parseTable(text: string): RawLines {
  let rows: string[][];
  try {
    rows = parse(text, {
      relax_column_count: true,
      max_record_size: manifestLimits.lineBytes,
      record_delimiter: ['\r\n', '\n', '\r'],
    });
  } catch (error) {
    if (error instanceof CsvError) return { refused: invalid(error) };
    throw error;
  }
  const [header = [], ...records] = rows;
  const names = header.map((name) => name.trim());
  const refused = wrongHeader(names);
  if (refused) return { refused };

  const lines: RawLine[] = [];
  for (const [index, cells] of records.entries()) {
    // As a spreadsheet counts: the header is row 1.
    const line = index + 2;
    if (cells.every((cell) => cell.trim() === '')) continue;
    if (Buffer.byteLength(cells.join(',')) > manifestLimits.lineBytes) return { refused: lineTooLong(line) };
    lines.push(asLine(line, names, cells));
  }
  return { lines };
}

function asLine(line: number, names: readonly string[], cells: readonly string[]): RawLine {
  if (cells.length !== names.length) {
    const message = `has ${cells.length} cells, and the header has ${names.length}`;
    return { line, errors: [{ field: 'line', message }] };
  }
  const model = cells[names.indexOf('model')]?.trim() ?? '';
  const fields = names.flatMap((name, index) => {
    const cell = cells[index] ?? '';
    return cell.trim() === '' ? [] : [[name, readCell(model, name, cell)] as const];
  });
  return { line, value: Object.fromEntries(fields) };
}

function wrongHeader(names: readonly string[]): Refusal | undefined {
  const wrong = names.includes('')
    ? 'a column has no name'
    : new Set(names).size < names.length
      ? 'two columns have the same name'
      : names.includes('model')
        ? undefined
        : 'no column is called model';
  return wrong === undefined
    ? undefined
    : { name: 'CsvInvalid', message: `The first row must name the fields: ${wrong}.`, line: 1 };
}

/** The parser's own words repeat what it read; its code does not. */
function invalid({ code, lines }: CsvError): Refusal {
  const line = typeof lines === 'number' && lines > 0 ? lines : 1;
  return code === 'CSV_MAX_RECORD_SIZE'
    ? lineTooLong(line)
    : { name: 'CsvInvalid', message: `The table cannot be read near line ${line} (${code}).`, line };
}
