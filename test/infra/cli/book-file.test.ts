import { expect, test } from 'vitest';
import { read } from 'xlsx';
import { bookFile } from '../../../infra/cli/book-file.ts';
import type { BookLine } from '../../../infra/cli/book-lines.ts';
import { summarise } from '../../../infra/cli/summarise-books.ts';

const line = (change: Partial<BookLine> = {}): BookLine => ({
  state: 'settled',
  day: '2026-11-25',
  bookedAt: new Date('2026-11-25T03:04:05Z'),
  reservedAt: new Date('2026-11-25T03:00:00Z'),
  reservedDay: '2026-11-25',
  jobId: '9f5c0c58-2f0e-4c55-9b46-5a3f6d2f7a01',
  caller: 'AIDAEXAMPLE',
  model: 'flux-2-pro/generate',
  payTo: '0x07F067959297767c887dbfA3C72379c66E82a045',
  payer: '0x1111111111111111111111111111111111111111',
  network: 'eip155:8453',
  asset: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
  amountAtomic: 30_000n,
  usd: '0.03',
  transaction: `0x${'ab'.repeat(32)}`,
  blockNumber: 7,
  nonce: `0x${'cd'.repeat(32)}`,
  outcome: 'delivered',
  isLoss: false,
  ...change,
});

/** What callers and sellers can write: the names of a token's issuer, the ids of a seller's jobs. */
const hostile = ['=HYPERLINK("http://a.example","x")', '+1+1', '-2+3', '@SUM(A1)', '\t=1', '\r=1', 'a"b,\nc'];

test('a cell is text to a spreadsheet, whatever is written in it', () => {
  const csv = bookFile(
    hostile.map((caller) => line({ caller, sellerJobId: caller })),
    'csv',
  );
  const sheet = Object.values(read(csv, { type: 'string', cellFormula: true }).Sheets)[0] ?? {};
  const cells = Object.entries(sheet).filter(([name]) => /^[GT]\d+$/.test(name));
  expect(cells).toHaveLength(2 * hostile.length + 2);
  for (const [, cell] of cells) expect(cell).not.toHaveProperty('f');
  expect(sheet.G2?.v).toBe(`'${hostile[0]}`);
  expect(sheet.G8?.v).toBe(hostile[6]);
  // The reader does see a formula where there is one.
  expect(read('a\n=1+1\n', { type: 'string', cellFormula: true }).Sheets.Sheet1?.A2).toHaveProperty('f');
});

test('sums tell what was spent, lost and open apart; what is dead costs nothing', () => {
  const { total, by } = summarise([
    line(),
    line({ caller: 'AIDAOTHER', isLoss: true, outcome: 'undelivered', amountAtomic: 20_000n }),
    line({ state: 'dead', amountAtomic: 900_000n }),
    line({ state: 'open', isLoss: true, outcome: 'unresolved', amountAtomic: 10_000n }),
    line({ state: 'open', outcome: 'running', amountAtomic: 5_000n }),
  ]);
  expect(total).toEqual({
    spent: 50_000n,
    lost: 20_000n,
    withdrawn: 0n,
    open: 15_000n,
    unresolved: 10_000n,
    purchases: 2,
    losses: 1,
  });
  expect(by.caller.map(({ name, spent, lost }) => [name, spent, lost])).toEqual([
    ['AIDAEXAMPLE', 30_000n, 0n],
    ['AIDAOTHER', 20_000n, 20_000n],
  ]);
});
