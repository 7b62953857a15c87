import { describe, expect, test } from 'vitest';
import { readAnswer } from '../../functions/reconciler/node-answer.ts';
import {
  bodyOf,
  noBlock,
  noFinality,
  notAllowed,
  type OddAnswer,
  tooOften,
  tooOld,
  tooWide,
} from '../../infra/local/chain/odd-answers.ts';

/** Answers of nodes that nobody here wrote, word for word. */

const read = (odd: OddAnswer, method = 'eth_getLogs') =>
  readAnswer(
    method,
    { status: odd.status, retryAfter: odd.headers?.['retry-after'], text: bodyOf(odd, 1) },
    1,
  );

/** Whether the same question is asked again of fewer blocks. */
const isBisected = (odd: OddAnswer): boolean => {
  const answer = read(odd);
  if (!('trouble' in answer)) return false;
  const { trouble, status } = answer;
  return trouble === 'refused' || trouble === 'silent' || (trouble === 'denied' && status === 403);
};

const named = (odds: readonly OddAnswer[]) =>
  odds.map(
    (odd) =>
      [
        `${odd.provider}, HTTP ${odd.status}, ${odd.code ?? 'text'}: ${odd.message.slice(0, 60)}`,
        odd,
      ] as const,
  );

describe('a span that is too wide is asked for in pieces', () => {
  test.each(named(tooWide))('%s', (_name, odd) => {
    expect(isBisected(odd)).toBe(true);
  });
});

describe('whoever asks for patience is waited for, and not asked more', () => {
  test.each(named(tooOften))('%s', (_name, odd) => {
    expect(read(odd)).toMatchObject({ trouble: 'limited' });
    expect(read(odd, 'eth_call')).toMatchObject({ trouble: 'limited' });
  });

  test.each([
    ['Retry-After in seconds', { status: 429, retryAfter: '7', text: '' }, 7_000],
    ['in decimals', { status: 429, retryAfter: '0.5', text: '' }, 500],
    ['backoff_seconds', { status: 429, text: bodyOf(tooOften[2] as OddAnswer, 1) }, 2_000],
    ['try_again_in', { status: 429, text: bodyOf(tooOften[10] as OddAnswer, 1) }, 250.5],
    ['retry in', { status: 429, text: bodyOf(tooOften[6] as OddAnswer, 1) }, 10_000],
    ['retry in minutes', { status: 429, text: 'call rate limit exhausted, retry in 10m0s' }, 600_000],
    ['nothing', { status: 429, text: 'slow down' }, undefined],
  ])('for as long as it says by %s', (_name, answer, waitMilliseconds) => {
    expect(readAnswer('eth_call', answer, 1)).toMatchObject({ trouble: 'limited', waitMilliseconds });
  });

  test('until the date that Retry-After names', () => {
    const retryAfter = new Date(Date.now() + 90_000).toUTCString();
    const answer = readAnswer('eth_call', { status: 503, retryAfter, text: '' }, 1);
    const { waitMilliseconds = 0 } = 'trouble' in answer ? answer : {};
    expect(waitMilliseconds).toBeGreaterThan(80_000);
    expect(waitMilliseconds).toBeLessThanOrEqual(90_000);
  });

  test('-32005 without a word is too many logs, and too many calls of anything else', () => {
    const answer = {
      status: 200,
      text: '{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"limit exceeded"}}',
    };
    expect(readAnswer('eth_getLogs', answer, 1)).toMatchObject({ trouble: 'refused' });
    expect(readAnswer('eth_call', answer, 1)).toMatchObject({ trouble: 'limited' });
  });
});

describe('what is kept no longer is told from a block that is not there, and from who is not let in', () => {
  test.each(named(tooOld))('%s', (_name, odd) => {
    expect(read(odd, 'eth_call')).toMatchObject({ trouble: 'pruned' });
    expect(isBisected(odd)).toBe(false);
  });

  test.each(named(noBlock))('%s', (_name, odd) => {
    expect(read(odd, 'eth_call')).toMatchObject({ trouble: 'absent' });
    expect(isBisected(odd)).toBe(false);
  });

  test.each(named(noFinality))('%s', (_name, odd) => {
    const { trouble } = read(odd, 'eth_getBlockByNumber') as { trouble: string };
    expect(['absent', 'refused']).toContain(trouble);
  });

  test.each(named(notAllowed))('%s', (_name, odd) => {
    expect(read(odd)).toMatchObject({ trouble: 'denied' });
  });
});

describe('an answer', () => {
  test.each([
    ['null', '{"jsonrpc":"2.0","id":1,"result":null}', null],
    ['with an error of null', '{"jsonrpc":"2.0","id":1,"result":"0x1","error":null}', '0x1'],
  ])('%s is a result', (_name, text, result) => {
    expect(readAnswer('eth_call', { status: 200, text }, 1)).toEqual({ result });
  });

  test.each(['', 'null', '[]', '{}', '<html>', '{"jsonrpc":"2.0","id":1}', '{"result":1,"error":{}}'])(
    '%j is none',
    (text) => {
      expect(readAnswer('eth_call', { status: 200, text }, 1)).toMatchObject({ trouble: 'refused' });
    },
  );

  test.each([500, 502])('of HTTP %i in plain text is tried once more', (status) => {
    expect(readAnswer('eth_call', { status, text: 'Bad Gateway' }, 1)).toMatchObject({
      trouble: 'unreachable',
    });
  });
});
