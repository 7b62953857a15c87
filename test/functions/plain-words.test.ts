import { expect, test, vi } from 'vitest';
import { problem } from '../../functions/intake/problem.ts';
import { loggerOf } from '../../functions/logger.ts';
import { text } from '../../infra/cli/mcp-answer.ts';
import { ended } from '../../shared/core/end.ts';
import { openBooth } from './booth.ts';

const evil = '\u001b[31mred\u001b]0;title\u0007 \u202etxt\u200b\r\nnext\u0085';
const seen = /[^\P{Cc}\n]|\p{Cf}/u;

test("a seller's words are plain in the job that keeps them", async () => {
  const booth = openBooth();
  booth.seller.pay = async () => ({ unknown: evil });
  const { purchase } = await booth.pay((await booth.accept()).jobId);
  expect(purchase?.evidence).toBe('red txt next ');
  const reason = { name: 'GenerationFailed', message: evil } as const;
  expect(ended('undelivered', 1, reason).end?.reason?.message).toBe('red txt next ');
});

test('a log line of a function is plain', () => {
  const lines: string[] = [];
  const logger = loggerOf('payer');
  vi.spyOn(console, 'info').mockImplementation((line) => lines.push(String(line)));
  vi.spyOn(console, 'error').mockImplementation((line) => lines.push(String(line)));
  // The logger has a console of its own in Lambda; here it writes to the process.
  const written = vi
    .spyOn(process.stdout, 'write')
    .mockImplementation((chunk) => lines.push(String(chunk)) > 0);
  logger.info(evil, { evidence: evil, error: new Error(evil), deep: [{ a: evil }] });
  written.mockRestore();
  vi.restoreAllMocks();
  expect(lines.join('')).toContain('red txt');
  expect(lines.join('')).not.toMatch(seen);
  expect(lines.join('')).not.toMatch(/\\u001b|\\r/);
});

test('a problem document and the answer of a tool are plain', async () => {
  const { detail } = (await problem('Defect', evil).json()) as { detail: string };
  expect(detail).toBe('red txt next ');
  expect(JSON.stringify([text(evil), text({ evil })])).not.toMatch(seen);
});
