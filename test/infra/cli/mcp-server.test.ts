import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { expect, test } from 'vitest';
import { mcpServer } from '../../../infra/cli/mcp-server.ts';
import { createClient } from '../../../infra/client/create-client.ts';

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
