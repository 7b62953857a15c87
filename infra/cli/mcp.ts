import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { Command } from 'commander';
import { type Common, withBooth } from './booth-command.ts';
import { openDeployment } from './deployment.ts';
import { mcpServer } from './mcp-server.ts';
import { openApi } from './open-api.ts';
import { lookAtWallet } from './wallet-view.ts';

/** `coinbooth mcp`: the booth for agents. */
export function addMcp(program: Command): void {
  withBooth(program.command('mcp'))
    .description('serve the booth to an agent: an MCP server on stdin and stdout')
    .addHelpText(
      'after',
      `
Example of an agent's configuration, for an agent that is started in the folder where coinbooth is installed:
  { "mcpServers": { "coinbooth": { "command": "npx",
    "args": ["--no-install", "coinbooth", "mcp", "--stack", "Coinbooth"] } } }
For an agent that is started elsewhere, put "--prefix", "FOLDER" before "coinbooth".

Tools: generate, edit, quote, job, models, wallet. They buy with your rights and within the booth's budgets: give the
agent a role of its own with a budget of its own ("coinbooth budget set caller:… 5").`,
    )
    .action(async (options: Common) => {
      const client = await openApi(options);
      const server = mcpServer(client, async () => lookAtWallet(await openDeployment(options)));
      await server.connect(new StdioServerTransport());
    });
}
