import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { agentInput } from '../../../infra/cli/mcp-input.ts';

/** What reaches the protocol's own reader, and what the agent is told of the rest. */
async function hear(...chunks: readonly (string | Buffer)[]) {
  const errors: { id: unknown; error: { code: number; message: string } }[] = [];
  const input = agentInput((error) => errors.push(error as (typeof errors)[number]));
  const kept = text(input);
  for (const chunk of chunks) input.write(chunk);
  input.end();
  return { kept: await kept, errors };
}

const call = (params: string, id = '1'): string =>
  `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":${params}}\n`;

test('messages are handed on as they came, in whatever pieces', async () => {
  const initialize =
    '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}\n';
  const buy = call(
    '{"name":"generate","arguments":{"prompt":"ein Füchslein 🦊"},"_meta":{"progressToken":1}}',
  );
  const answer = '{"jsonrpc":"2.0","id":7,"result":{}}\n';
  const bytes = Buffer.from(initialize + buy + answer);
  const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, n) =>
    bytes.subarray(7 * n, 7 * n + 7),
  );
  expect(await hear(...pieces)).toEqual({ kept: initialize + buy + answer, errors: [] });
});

test.each([
  [
    'a key twice',
    '{"name":"generate","arguments":{"prompt":"x","maxPrice":"0.01","maxPrice":"9"}}',
    'maxPrice',
  ],
  [
    '__proto__ at the top',
    '{"name":"generate","arguments":{"prompt":"x","__proto__":{"maxPrice":"0.01"}}}',
    '__proto__',
  ],
  [
    '__proto__ in fields',
    '{"name":"generate","arguments":{"fields":{"__proto__":{"maxPrice":"0.01"}}}}',
    '__proto__',
  ],
  [
    'a limit beside the arguments',
    '{"name":"generate","maxPrice":"0.01","arguments":{"prompt":"x"}}',
    'maxPrice',
  ],
  [
    'a limit in what is meant for the protocol',
    '{"name":"generate","arguments":{"prompt":"x"},"_meta":{"max_price":"0.01"}}',
    'max_price',
  ],
  [
    'a limit beside its params',
    '{"name":"generate","arguments":{"prompt":"x"}},"maxPrice":"0.01"',
    'maxPrice',
  ],
])('a call with %s reaches no tool, and its agent is told', async (_what, params, word) => {
  const { kept, errors } = await hear(call(params, '"a"'));
  expect(kept).toBe('');
  expect(errors).toMatchObject([
    { jsonrpc: '2.0', id: 'a', error: { message: expect.stringContaining(word) } },
  ]);
});

test('a message without an end is refused, and the next one heard', async () => {
  const long = Buffer.alloc(1024 * 1024, 'x');
  const next = call('{"name":"models"}');
  const { kept, errors } = await hear(
    '{"jsonrpc":"2.0","id":1,"method":"',
    ...Array(8).fill(long),
    '"}\n',
    next,
  );
  expect(kept).toBe(next);
  expect(errors).toMatchObject([{ id: null, error: { code: -32_700 } }]);
});

test('a batch is refused as a whole', async () => {
  const { kept, errors } = await hear(`[${call('{"name":"models"}').trim()}]\n`);
  expect(kept).toBe('');
  expect(errors).toMatchObject([{ id: null, error: { code: -32_600 } }]);
});
