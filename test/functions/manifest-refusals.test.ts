import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { readCell } from '../../functions/intake/read-cell.ts';
import { limitsSchema } from '../../shared/core/budget.ts';
import { catalogue } from '../../shared/core/catalogue.ts';
import { caller } from './jobs.ts';
import { deliverJob, openManifestBooth } from './manifest-booth.ts';

const model = 'flux-2-pro/generate';
const good = JSON.stringify({ model, prompt: 'a kite', resolution: '0.5 MP' });
const megabyte = 1024 * 1024;
const header = 'model,prompt,seed';

/** A line of exactly so many bytes. */
const lineOf = (bytes: number): string => {
  const empty = JSON.stringify({ model, prompt: '' });
  return JSON.stringify({ model, prompt: 'x'.repeat(bytes - empty.length) });
};

describe('a whole manifest is refused, with the figures, and nothing is bought', () => {
  const cases: [string, string, string | Uint8Array, object][] = [
    [
      '5 MiB and one byte',
      'a.jsonl',
      good.padEnd(5 * megabyte + 1, '\n'),
      { name: 'ManifestTooLarge', found: '5242881', allowed: '5242880' },
    ],
    ['1,001 lines', 'a.jsonl', `${good}\n`.repeat(1001), { name: 'ManifestTooLong', allowed: '1000' }],
    [
      '1,001 rows',
      'a.csv',
      `${header}\n${`${model},x,1\n`.repeat(1001)}`,
      { name: 'ManifestTooLong', allowed: '1000' },
    ],
    [
      'a line of 64 KiB and one byte',
      'a.jsonl',
      `${good}\n${lineOf(64 * 1024 + 1)}`,
      { name: 'LineTooLong', line: 2, found: '65537' },
    ],
    [
      'a cell of more than 64 KiB',
      'a.csv',
      `${header}\n${model},${'x'.repeat(65 * 1024)},1`,
      { name: 'LineTooLong' },
    ],
    [
      'JSON nested 17 deep',
      'a.jsonl',
      `${good}\n{"model":"${model}","prompt":${'['.repeat(16)}${']'.repeat(16)}}`,
      { name: 'LineTooDeep', line: 2 },
    ],
    ['100,000 brackets', 'a.jsonl', '['.repeat(60_000), { name: 'LineTooDeep', line: 1 }],
    [
      'a zip archive',
      'a.jsonl',
      Buffer.from('PK\x03\x04 and more'),
      { name: 'ManifestNotText', found: 'a zip archive' },
    ],
    [
      'a gzip bomb',
      'a.jsonl',
      gzipSync('x'.repeat(megabyte)),
      { name: 'ManifestNotText', found: 'a gzip archive' },
    ],
    ['a gzip archive called .csv', 'a.csv', gzipSync(header), { name: 'ManifestNotText' }],
    ['UTF-16', 'a.jsonl', Buffer.from(`\ufeff${good}`, 'utf16le'), { name: 'ManifestNotText' }],
    ['Latin-1', 'a.jsonl', Buffer.from('{"prompt":"gr\xfc\xdfe"}', 'latin1'), { name: 'ManifestNotText' }],
    ['a byte of zero', 'a.jsonl', `${good}\n\0`, { name: 'ManifestNotText' }],
    ['nothing', 'a.jsonl', '', { name: 'ManifestEmpty' }],
    ['blank lines', 'a.jsonl', ' \n\t\n', { name: 'ManifestEmpty' }],
    ['a header alone', 'a.csv', header, { name: 'ManifestEmpty' }],
    ['prose', 'a.txt', 'Please draw a kite.', { name: 'ManifestFormatUnknown' }],
    ['a table without models', 'a.csv', 'prompt\na kite', { name: 'CsvInvalid', line: 1 }],
    ['a table with a column twice', 'a.csv', 'model,prompt,prompt\na,b,c', { name: 'CsvInvalid' }],
    ['a quote that never ends', 'a.csv', `${header}\n${model},"a kite,1`, { name: 'CsvInvalid' }],
    [
      'lines that cost too much together',
      'a.jsonl',
      `${good}\n`.repeat(26),
      { name: 'ManifestTooDear', found: '$0.52', allowed: '$0.50' },
    ],
  ];
  test.each(cases)('%s', async (_name, file, content, refusal) => {
    const mine = openManifestBooth(500_000n);
    await mine.drop(`requests/${file}`, content);
    expect(mine.notices).toHaveLength(1);
    const [notice] = mine.notices;
    expect(notice).toMatchObject({
      name: 'ManifestRefused',
      detail: { caller, key: `requests/${file}`, reason: refusal },
    });
    expect([...mine.refusals.values()]).toMatchObject([refusal]);
    expect(JSON.stringify(notice)).not.toContain('kite');
    expect(mine.booth.ledger.jobs()).toEqual([]);
    expect(mine.booth.queued).toEqual([]);
    await mine.sweep();
    expect(mine.results.size).toBe(0);
  });

  test.each(['\n', ' \n', ',\n', 'x\n'])(
    'a table of 5 MiB of %j takes no time',
    { timeout: 5_000 },
    async (row) => {
      const mine = openManifestBooth();
      await mine.drop('requests/a.csv', `${header}\n`.padEnd(5 * megabyte, row));
      expect(mine.notices).toMatchObject([
        { detail: { reason: { name: expect.stringMatching(/^Manifest(Empty|TooLong)$/) } } },
      ]);
    },
  );

  test('an object that is gone', async () => {
    const mine = openManifestBooth();
    mine.inbox.delete('requests/a.jsonl');
    await mine.notify('requests/a.jsonl');
    expect(mine.notices).toMatchObject([{ detail: { reason: { name: 'ManifestUnreadable' } } }]);
  });

  test('and it may be dropped again when what was wrong is not wrong any more', async () => {
    const dear = openManifestBooth(10_000n);
    await dear.drop('requests/a.jsonl', good);
    await dear.drop('requests/a.jsonl', good);
    expect(new Set(dear.notices.map(({ detail }) => detail.id)).size).toBe(1);
    const generous = openManifestBooth(20_000n);
    await generous.drop('requests/a.jsonl', good);
    expect(generous.booth.ledger.jobs()).toHaveLength(1);
  });
});

test('exactly as much as is allowed is bought', async () => {
  const mine = openManifestBooth(20_000n * 999n + 30_000n);
  const lines = [...Array.from({ length: 999 }, () => good), lineOf(10_000)];
  await mine.drop('requests/a.jsonl', lines.join('\n').padEnd(5 * megabyte, '\n'));
  expect(mine.notices).toEqual([]);
  expect(mine.booth.ledger.jobs()).toHaveLength(1000);
});

test("a line's own limit, and places for its files, count for the ceiling", async () => {
  const edit = (more: object) =>
    JSON.stringify({ model: 'flux-2-pro/edit', prompt: 'x', images: ['s3://allowed-bucket/a'], ...more });
  const dear = openManifestBooth(54_999n);
  await dear.drop('requests/a.jsonl', edit({}));
  expect(dear.notices).toMatchObject([{ detail: { reason: { name: 'ManifestTooDear', found: '$0.055' } } }]);
  const limited = openManifestBooth(54_999n);
  await limited.drop('requests/a.jsonl', edit({ maxPrice: 0.03 }));
  expect(limited.booth.ledger.jobs()).toHaveLength(1);
});

test('good lines that cost more together than today leaves are refused as a whole, with both figures', async () => {
  const mine = openManifestBooth();
  await mine.booth.ledger.control.writeLimits(limitsSchema.parse({ total: 30_000, version: 1 }));
  await mine.drop('requests/a.jsonl', `${good}\n${good}`);
  expect(mine.notices).toMatchObject([
    { detail: { reason: { name: 'ManifestOverBudget', found: '$0.04', allowed: '$0.03' } } },
  ]);
  expect(mine.booth.ledger.jobs()).toEqual([]);
});

test('a corrected manifest is held to what is new in it, not to what was bought before', async () => {
  const mine = openManifestBooth();
  await mine.booth.ledger.control.writeLimits(limitsSchema.parse({ total: 30_000, version: 1 }));
  await mine.drop('requests/a.jsonl', good);
  await mine.drop('requests/a.jsonl', `${good}\n${good}`);
  expect(mine.notices).toEqual([]);
  expect(mine.booth.ledger.jobs()).toHaveLength(2);
  await mine.drop('requests/a.jsonl', `${good}\n${good}\n${good}\n${good}`);
  expect(mine.notices).toMatchObject([
    { detail: { reason: { name: 'ManifestOverBudget', found: '$0.04', allowed: '$0.03' } } },
  ]);
});

describe('an object that is not a manifest of somebody is left alone', () => {
  test('one that was replaced before it was read: the other notification speaks for it', async () => {
    const mine = openManifestBooth();
    mine.inbox.set('requests/a.jsonl', Buffer.from(good));
    const late = mine.notify('requests/a.jsonl');
    mine.inbox.set('requests/a.jsonl', Buffer.from(`${good}\n${good}`));
    await late;
    expect(mine.booth.ledger.jobs()).toEqual([]);
    await mine.notify('requests/a.jsonl', undefined, 'AIDAANOTHER');
    expect(mine.booth.ledger.jobs().map((job) => job.caller)).toEqual(['AIDAANOTHER', 'AIDAANOTHER']);
  });

  test.each(['elsewhere/a.jsonl', 'a.jsonl', 'Requests/a.jsonl', '../requests/a.jsonl'])(
    '%s',
    async (key) => {
      const mine = openManifestBooth();
      await mine.drop(key, good);
      expect([mine.booth.ledger.jobs(), mine.notices]).toEqual([[], []]);
    },
  );
});

describe('a key is only ever a name', () => {
  test.each([
    'requests/two words + a plus.jsonl',
    'requests/grüße/🪁.jsonl',
    'requests/../../plan.json.jsonl',
    'requests/"quotes" \'and\' <tags>&amp;.jsonl',
    'requests/100%25.jsonl',
    `requests/${'x'.repeat(900)}.jsonl`,
    'requests/=cmd|calc.jsonl',
  ])('%s', async (key) => {
    const mine = openManifestBooth();
    await mine.drop(key, good);
    const [job] = mine.booth.ledger.jobs();
    if (!job) throw new Error('There is no job.');
    await mine.hear([deliverJob(mine.booth, job)]);
    expect(mine.notices).toMatchObject([{ name: 'ManifestFinished', detail: { key } }]);
    for (const written of [...mine.results.keys(), ...mine.lines.keys()])
      expect(written).toMatch(/^[0-9a-f-]{36}( \d+)?$/);
  });
});

describe('a table', () => {
  const booth = async (...rows: string[]) => {
    const mine = openManifestBooth();
    await mine.drop('requests/a.csv', rows.join('\r\n'));
    return mine;
  };

  test('names its fields in the first row, and its cells are read as the model has them', async () => {
    const mine = await booth(
      '\ufeffmodel, prompt,seed,prompt_upsampling,output_quality,maxPrice,reuse,images,id',
      `${model},"a ""blue"" kite, \nover snow",7,true,80,$0.04,false,,=1+1`,
      '',
      `flux-2-pro/edit, 007 ,,,,,,https://a.example/1.png  https://a.example/2.png,`,
      'flux-2-pro/edit,x,,,,,,"[""https://a.example/1.png""]",',
    );
    const jobs = mine.booth.ledger.jobs();
    expect(jobs.map(({ body }) => JSON.parse(body))).toEqual([
      {
        prompt: 'a "blue" kite, \nover snow',
        seed: 7,
        prompt_upsampling: true,
        output_quality: 80,
      },
      { prompt: ' 007 ', images: ['https://a.example/1.png', 'https://a.example/2.png'] },
      { prompt: 'x', images: ['https://a.example/1.png'] },
    ]);
    expect(jobs.map(({ manifest, maxPriceAtomic }) => [manifest?.line, maxPriceAtomic])).toEqual([
      [2, '40000'],
      [4, undefined],
      [5, undefined],
    ]);
  });

  test('what a cell holds wrongly is named by its field, and a row of another length by its line', async () => {
    const mine = await booth(
      'model,prompt,seed,durationSeconds',
      `${model},x,seven,`,
      `${model},x,"[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]",`,
      `${model},x,1,8`,
      `${model},x`,
      `,x,1,`,
    );
    expect(
      [...mine.lines.values()].map(({ line, errors }) => [line, errors?.map(({ field }) => field)]),
    ).toEqual([
      [2, ['seed']],
      [3, ['seed']],
      [4, ['durationSeconds']],
      [5, ['line']],
      [6, ['model']],
    ]);
    expect(mine.booth.ledger.jobs()).toEqual([]);
  });

  test.each(Object.keys(catalogue))(
    'can ask for %s, whose fields are read as its schema has them',
    (name) => {
      const { media, request } = catalogue[name] ?? { media: [] };
      const { properties = {} } = z.toJSONSchema(request ?? z.never(), {
        io: 'input',
        unrepresentable: 'any',
      });
      for (const [field, schema] of Object.entries(properties)) {
        const kind = typeof schema === 'object' ? schema.type : undefined;
        if (kind === 'string') expect([field, readCell(name, field, '8')]).toEqual([field, '8']);
        if (kind === 'number' || kind === 'integer') expect(readCell(name, field, ' 8 ')).toBe(8);
        if (kind === 'boolean') expect(readCell(name, field, 'true')).toBe(true);
      }
      const url = 'https://a.example/1.png';
      for (const field of media) expect([url, [url]]).toContainEqual(readCell(name, field, url));
    },
  );

  test('takes a duration as the text that a model has it as', async () => {
    const mine = await booth('model,prompt,seconds', 'sora-2/generate,a kite,8', 'sora-2/generate,a kite,9');
    expect(mine.booth.ledger.jobs().map(({ body }) => JSON.parse(body))).toEqual([
      { prompt: 'a kite', seconds: '8' },
    ]);
    expect([...mine.lines.values()].map(({ line, errors }) => [line, errors?.[0]?.field])).toEqual([
      [3, 'seconds'],
    ]);
  });

  test('of results is harmless in a spreadsheet', async () => {
    const formulas = ['=1+1', '+1', '-1', '@x', '\tx', '\rx', '=HYPERLINK("http://x")', 'plain "quoted"'];
    const mine = openManifestBooth();
    const lines = formulas.map((id) => JSON.stringify({ model, prompt: 'x', id, '=cmd': 1 }));
    await mine.drop('requests/a.jsonl', lines.join('\n'));
    const [{ table } = { table: '' }] = [...mine.results.values()];
    const rows = parse(table, { columns: true }) as Record<string, string>[];
    expect(rows.map(({ id }) => id)).toEqual([
      ...['=1+1', '+1', '-1', '@x'].map((id) => `'${id}`),
      // Controls are spaces in a table, behind which nothing is a formula.
      ' x',
      ' x',
      `'=HYPERLINK("http://x")`,
      'plain "quoted"',
    ]);
    for (const row of rows) for (const cell of Object.values(row)) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
    expect(table).toMatch(/^("([^"]|"")*"(,"([^"]|"")*")*\r\n){9}$/);
  });
});
