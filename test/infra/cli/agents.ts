import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inspectPicture } from '../../../shared/core/picture.ts';
import { type AnnouncedBooth, json, program } from './run-cli.ts';

/** Buying by an agent, with the client of the protocol's own SDK. */
export function describeAgents(open: AnnouncedBooth): void {
  describe('an agent', () => {
    const agent = new Client({ name: 'test', version: '1' });
    beforeAll(async () => {
      const args = [program, 'mcp', '--local', open.folder];
      await agent.connect(new StdioClientTransport({ command: process.execPath, args }));
    });
    afterAll(() => agent.close());

    interface Content {
      readonly type: string;
      readonly text?: string;
      readonly data?: string;
      readonly mimeType?: string;
    }
    async function call(name: string, args: Record<string, unknown> = {}) {
      const result = await agent.callTool({ name, arguments: args });
      const content = result.content as Content[];
      return { isError: result.isError ?? false, content, text: content.at(-1)?.text ?? '' };
    }

    test('finds the tools, and the models', async () => {
      const { tools } = await agent.listTools();
      expect(tools.map(({ name }) => name)).toEqual(['generate', 'edit', 'quote', 'job', 'models', 'wallet']);
      expect((await call('models')).text).toContain('"flux-2-pro/generate"');
      expect((await call('models', { name: 'grok/edit' })).text).toContain('"properties"');
      expect((await call('wallet')).text).toContain(open.booth.wallet);
    });

    test('asks a price, buys a picture and sees it, and edits what it bought', async () => {
      const quoted = await call('quote', { prompt: 'a fox', fields: { resolution: '0.5 MP' } });
      expect(quoted.text).toContain('"payable":true');
      const wish = { prompt: 'a fox', fields: { resolution: '0.5 MP' }, idempotencyKey: 'fox' };
      const bought = await call('generate', wish);
      const [picture] = bought.content;
      expect(picture).toMatchObject({ type: 'image', mimeType: 'image/webp' });
      expect(inspectPicture(Buffer.from(picture?.data ?? '', 'base64'))).toMatchObject({ format: 'webp' });
      const { jobId } = json(bought.text);
      expect(json((await call('generate', wish)).text).jobId).toBe(jobId);
      const changed = await call('edit', { prompt: 'in snow', images: [jobId ?? ''], waitSeconds: 0 });
      const later = await call('job', { jobId: json(changed.text).jobId, waitSeconds: 60 });
      expect(later.content[0]?.type).toBe('image');
    });

    test('is told plainly of a budget and of a stop, and that nothing was spent', async () => {
      expect((await open.local('budget', 'set', 'total', '0.01')).code).toBe(0);
      const over = await call('generate', { prompt: 'a fox', waitSeconds: 60 });
      expect([over.isError, over.content[0]?.text]).toEqual([
        true,
        expect.stringMatching(/^PaymentRefused: Today's budget of \$0\.01 .*nothing was spent/),
      ]);
      expect((await call('quote', { prompt: 'a fox' })).text).toContain('"payable":false');
      expect((await open.local('budget', 'set', 'total', '25')).code).toBe(0);
      const wrong = await call('generate', { prompt: '', fields: { seed: 'x' } });
      expect([wrong.isError, wrong.text]).toEqual([true, expect.stringContaining('- seed:')]);
    });
  });
}
