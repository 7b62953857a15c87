import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { Command } from 'commander';
import { type Common, withBooth } from './booth-command.ts';
import { openDeployment } from './deployment.ts';
import { agentInput } from './mcp-input.ts';
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
For an agent that is started elsewhere, the same with whole paths:
  { "mcpServers": { "coinbooth": { "command": "FOLDER/node_modules/.bin/coinbooth",
    "args": ["mcp", "--stack", "Coinbooth"] } } }
or, where FOLDER is a clone of the repository, "command": "FOLDER/node_modules/.bin/node" and
"FOLDER/infra/cli/main.ts" as the first of the arguments.

Tools: generate, edit, quote, job, models, wallet. They buy with your rights and within the booth's budgets: give the
agent a role of its own with a budget of its own ("coinbooth budget set caller:… 5").`,
    )
    .action(async (options: Common) => {
      const client = await openApi(options);
      const server = mcpServer(client, async () => lookAtWallet(await openDeployment(options)));
      const input = agentInput((error) => process.stdout.write(`${JSON.stringify(error)}\n`));
      await server.connect(new StdioServerTransport(process.stdin.pipe(input)));
    });
}
