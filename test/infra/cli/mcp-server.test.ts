import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { expect, test } from 'vitest';
import { mcpServer } from '../../../infra/cli/mcp-server.ts';
import { createClient } from '../../../infra/client/create-client.ts';
import { openDoor } from '../../functions/door.ts';
import { caller } from '../../functions/jobs.ts';

/** An agent's tools, before an API that answers in a bad way. */

test('a purchase that was taken is told by its job, although nobody can tell how far it is', async () => {
  const booth = createClient({
    origin: 'http://booth.test',
    fetch: async (_url, init) =>
      init?.method === 'POST'
        ? Response.json({ jobId: 'some' }, { status: 202 })
        : Response.json({ message: 'Forbidden' }, { status: 403 }),
  });
  const [here, there] = InMemoryTransport.createLinkedPair();
  const agent = new Client({ name: 'test', version: '1' });
  await mcpServer(booth, async () => ({})).connect(there);
  await agent.connect(here);
  const answer = await agent.callTool({ name: 'generate', arguments: { prompt: 'a kite' } });
  expect(answer).not.toHaveProperty('isError', true);
  expect(answer.content).toMatchObject([{ text: expect.stringMatching(/"jobId":"some".*Forbidden/) }]);
  await agent.close();
});

/** An agent beside a real intake whose payer does not run. */
async function openAgent() {
  const { booth, app } = openDoor();
  const client = createClient({
    origin: 'http://booth.test',
    fetch: async (url, init) => app.request(new URL(String(url)).pathname, init, { caller }),
  });
  const [here, there] = InMemoryTransport.createLinkedPair();
  const agent = new Client({ name: 'test', version: '1' });
  await mcpServer(client, async () => ({})).connect(there);
  await agent.connect(here);
  const call = async (name: string, args: Record<string, unknown>) => {
    const answer = await agent.callTool({ name, arguments: args });
    return { isError: answer.isError === true, text: JSON.stringify(answer.content) };
  };
  return { booth, call };
}

test('arguments that no tool and no model has are refused by name, and nothing is bought', async () => {
  const { booth, call } = await openAgent();
  const refused = await call('generate', {
    prompt: 'a kite',
    max_price: '0.02',
    idempotency_key: 'k1',
    waitSeconds: 0,
  });
  expect(refused.isError).toBe(true);
  expect(refused.text).toContain('max_price');
  expect(refused.text).toContain('idempotency_key');
  const blank = await call('generate', { prompt: 'a kite', idempotencyKey: ' ', waitSeconds: 0 });
  expect(blank).toMatchObject({ isError: true, text: expect.stringContaining('idempotencyKey') });
  const edited = await call('edit', { prompt: 'a kite', images: ['https://a.test/a.png'], seeds: 1 });
  expect(edited).toMatchObject({ isError: true, text: expect.stringContaining('seeds') });
  expect(booth.ledger.jobs()).toEqual([]);
});

test('a model\u2019s own fields may stand beside the prompt or in fields, and not in both', async () => {
  const { booth, call } = await openAgent();
  await call('generate', { prompt: 'a kite', aspect_ratio: '16:9', fields: { seed: 7 }, waitSeconds: 0 });
  expect(booth.ledger.jobs().map(({ body }) => JSON.parse(body))).toEqual([
    { prompt: 'a kite', aspect_ratio: '16:9', seed: 7 },
  ]);
  const twice = await call('generate', { prompt: 'a kite', fields: { prompt: 'a gun' }, waitSeconds: 0 });
  expect(twice).toMatchObject({ isError: true, text: expect.stringContaining('prompt: is given twice') });
  expect(booth.ledger.jobs()).toHaveLength(1);
});

test.each([
  ['job', { jobId: '00000000-0000-4000-8000-000000000000', wait: 5 }],
  ['models', { model: 'flux-2-pro/generate' }],
  ['wallet', { address: '0x0' }],
])('%s refuses an argument that it does not know', async (name, args) => {
  const { call } = await openAgent();
  await expect(call(name, args)).resolves.toMatchObject({ isError: true });
});
