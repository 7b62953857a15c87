import { CsvError, parse } from 'csv-parse/sync';
import type { Refusal } from '../../shared/contracts/manifest.ts';
import { manifestLimits } from '../../shared/core/manifest.ts';
import { lineTooLong, type RawLine, type RawLines, tooLong } from './parse-manifest.ts';
import { readCell } from './read-cell.ts';

/**
 * Reads a CSV table (RFC 4180) whose first row names the fields. An empty cell is a field that is absent; what is in a
 * cell of another kind than text is read as the model's schema has it.
 */
export function parseTable(text: string): RawLines {
  let header: readonly string[] | undefined;
  const records: { readonly line: number; readonly cells: readonly string[] }[] = [];
  try {
    parse(text, {
      relax_column_count: true,
      // One of another length costs the parser an error, though nobody is told: not by the million.
      skip_empty_lines: true,
      max_record_size: manifestLimits.lineBytes,
      record_delimiter: ['\r\n', '\n', '\r'],
      // Taken one by one: a blank row is kept nowhere, but one of another length counts, since it costs the parser most.
      on_record(cells: string[], before) {
        // As a spreadsheet counts: the header is row 1.
        const line = before.records + before.empty_lines;
        if (!header) header = cells;
        else if (cells.length !== header.length || !isBlank(cells)) records.push({ line, cells });
        if (records.length > manifestLimits.lines) throw new TooMany();
        return null;
      },
    });
  } catch (error) {
    if (error instanceof TooMany) return { refused: tooLong };
    if (error instanceof CsvError) return { refused: invalid(error) };
    throw error;
  }
  const names = (header ?? []).map((name) => name.trim());
  const refused = wrongHeader(names);
  if (refused) return { refused };

  const lines: RawLine[] = [];
  for (const { line, cells } of records.filter((record) => !isBlank(record.cells))) {
    if (Buffer.byteLength(cells.join(',')) > manifestLimits.lineBytes) return { refused: lineTooLong(line) };
    lines.push(asLine(line, names, cells));
  }
  return { lines };
}

class TooMany extends Error {}

const isBlank = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === '');

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
