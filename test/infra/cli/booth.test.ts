import { afterAll, expect, test } from 'vitest';
import { describeAgents } from './agents.ts';
import { describeCallers } from './callers.ts';
import { describeKeepers } from './keepers.ts';
import { describeResults } from './results.ts';
import { coinbooth, openAnnouncedBooth, spawnCoinbooth } from './run-cli.ts';

/** The command line at one running booth: whoever buys, an agent, and whoever keeps the books, in this order. */

const open = await openAnnouncedBooth();
afterAll(() => open.close());

describeCallers(open);
describeAgents(open);
describeResults(open);
describeKeepers(open);

test('the shell completes commands, options and models', async () => {
  expect((await coinbooth('complete', 'bash')).stdout).toContain('complete -F');
  expect((await coinbooth('complete', '--', 'gen')).stdout).toContain('generate\t');
  const models = await spawnCoinbooth('complete', '--', 'generate', '--model', 'veo');
  expect([models.code, models.stdout]).toEqual([0, expect.stringContaining('veo-3.1/generate')]);
});
