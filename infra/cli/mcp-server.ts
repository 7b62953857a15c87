import { createRequire } from 'node:module';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import * as z from 'zod';
import { type Client, Problem } from '../client/create-client.ts';
import { idempotencyKeyForm, idempotencyKeyWords } from '../client/idempotency-key.ts';
import { modelName } from './build-request.ts';
import { type ToolAnswer, text } from './mcp-answer.ts';
import { type Extra, followForAgent } from './mcp-follow.ts';

/** What an agent may look at of the wallet; asked anew each time. */
export type WalletView = () => Promise<object>;

/** Most clients give a tool a minute. */
const defaultWaitSeconds = 45;

const asking = {
  prompt: z.string().describe('What it shows, or what to change.').optional(),
  fields: z
    .record(z.string(), z.unknown())
    .optional()
    .describe(
      'Further fields in the model’s own names, such as {"seed":7,"resolution":"1 MP"}; see the tool models. ' +
        'They may also stand beside prompt. A field that the model does not have is refused.',
    ),
  maxPrice: z.string().optional().describe('The most that it may cost in all, in dollars such as "0.05".'),
};

const purchase = {
  ...asking,
  idempotencyKey: z
    .string()
    .regex(idempotencyKeyForm, idempotencyKeyWords)
    .optional()
    .describe(
      'Your own name for this purchase. Repeat a call whose answer you lost under the same name: it is bought once.',
    ),
  waitSeconds: z
    .number()
    .min(0)
    .max(600)
    .default(defaultWaitSeconds)
    .describe('How long to wait for it; after that the tool job tells of it.'),
};

/**
 * A booth as an MCP server: its tools buy with the person's own rights and within the booth's budgets, which the booth
 * itself keeps. Pictures are given as pictures.
 */
export function mcpServer(client: Client, wallet: WalletView): McpServer {
  const server = new McpServer(
    { name: 'coinbooth', version: versionHere() },
    {
      instructions:
        'Buys pictures, videos and drawings with real money. Ask "models" what there is and "quote" what it costs; ' +
        '"generate" and "edit" spend. After a failure ask again only where retryCanHelp is true. A refusal by a budget ' +
        'or a stop is the owner’s decision: report it, and do not look for a way around it.',
    },
  );

  const buy = (model: string, asked: Asked, { idempotencyKey, waitSeconds }: Purchase, extra: Extra) =>
    told(async () => {
      const { jobId } = await client.submit(model, merged(asked), {
        ...(idempotencyKey !== undefined && { idempotencyKey }),
        signal: extra.signal,
      });
      return followForAgent(client, jobId, waitSeconds, extra).catch((error: unknown) =>
        untold(jobId, error as Error),
      );
    });

  server.registerTool(
    'generate',
    {
      title: 'Buy a picture, a video or a drawing',
      description:
        'Spends money. Returns the picture itself where it is one, otherwise a link that is good for some minutes.',
      inputSchema: z.looseObject({
        model: z.string().default('flux-2-pro/generate').describe('See the tool models.'),
        ...purchase,
      }),
      annotations: {
        readOnlyHint: false,
        destructiveHint: false,
        idempotentHint: false,
        openWorldHint: true,
      },
    },
    ({ model, fields, idempotencyKey, waitSeconds, ...request }, extra) =>
      buy(modelName(model, 'generate'), { fields, request }, { idempotencyKey, waitSeconds }, extra),
  );
  server.registerTool(
    'edit',
    {
      title: 'Buy a changed picture',
      description: 'Spends money. Returns the picture itself.',
      inputSchema: z.looseObject({
        model: z.string().default('flux-2-pro/edit').describe('See the tool models.'),
        images: z
          .array(z.string())
          .min(1)
          .describe(
            'Ids of jobs that are complete, upload:ID, s3://bucket/key, or https URLs of public pictures.',
          ),
        ...purchase,
      }),
      annotations: {
        readOnlyHint: false,
        destructiveHint: false,
        idempotentHint: false,
        openWorldHint: true,
      },
    },
    ({ model, fields, idempotencyKey, waitSeconds, ...request }, extra) =>
      buy(modelName(model, 'edit'), { fields, request }, { idempotencyKey, waitSeconds }, extra),
  );
  server.registerTool(
    'quote',
    {
      title: 'What a request would cost now',
      description: 'Spends and signs nothing. Says whether it would be paid, and what today’s budgets leave.',
      inputSchema: z.looseObject({
        model: z.string().default('flux-2-pro/generate').describe('model/operation; see the tool models.'),
        images: z.array(z.string()).optional().describe('Of an edit.'),
        ...asking,
      }),
      annotations: { readOnlyHint: true, openWorldHint: true },
    },
    ({ model, fields, ...request }) =>
      told(async () => text(await client.quote(model, merged({ fields, request })))),
  );
  server.registerTool(
    'job',
    {
      title: 'Where a job is',
      description: 'Tells of a job of yours, and gives its picture when it is there.',
      inputSchema: z.strictObject({ jobId: z.string(), waitSeconds: z.number().min(0).max(600).default(0) }),
      annotations: { readOnlyHint: true },
    },
    ({ jobId, waitSeconds }, extra) => told(() => followForAgent(client, jobId, waitSeconds, extra)),
  );
  server.registerTool(
    'models',
    {
      title: 'What can be asked for',
      description:
        'Every model with its price range and usual time; of one that is named, its fields as JSON Schema.',
      inputSchema: z.strictObject({ name: z.string().optional().describe('Such as flux-2-pro/generate.') }),
      annotations: { readOnlyHint: true },
    },
    ({ name }) => told(async () => text(await modelsOf(client, name))),
  );
  server.registerTool(
    'wallet',
    {
      title: 'The wallet that pays',
      description:
        'Its address, what it holds, and what today’s budgets leave. It cannot be moved from here.',
      inputSchema: z.strictObject({}),
      annotations: { readOnlyHint: true },
    },
    () => told(async () => text(await wallet())),
  );
  return server;
}

interface Purchase {
  readonly idempotencyKey?: string | undefined;
  readonly waitSeconds: number;
}

async function modelsOf(client: Client, name: string | undefined): Promise<object> {
  const { models } = await client.models();
  if (name === undefined) return { models: models.map(({ request: _schema, ...model }) => model) };
  const found = models.find((model) => model.name === name);
  if (!found) throw new Problem('NotFound', `There is no ${name}; call models without a name.`);
  return found;
}

/** It is bought, whatever hindered us from telling of it: who is not told so asks for it once more. */
const untold = (jobId: string, { name, message }: Error): ToolAnswer =>
  text({
    jobId,
    success: true,
    status: 'pending',
    lookAgain: `Ask the tool job for it. ${name}: ${message}`,
  });

/** Fields of a request, beside the tool's own arguments and within `fields`. */
interface Asked {
  readonly fields: Readonly<Record<string, unknown>> | undefined;
  readonly request: Readonly<Record<string, unknown>>;
}

/**
 * One request of both places. Every argument that no tool knows is sent along: the API refuses what the model does not
 * have, before anything is bought.
 * @throws Problem InputInvalid when a field stands in both places
 */
function merged({ fields = {}, request }: Asked): Record<string, unknown> {
  const given = Object.entries(request).filter(([, value]) => value !== undefined);
  const twice = given.filter(([name]) => Object.hasOwn(fields, name)).map(([field]) => field);
  if (twice.length > 0)
    throw new Problem('InputInvalid', 'A field stands beside the prompt and in fields too.', {
      fields: twice.map((field) => ({ field, message: 'is given twice' })),
    });
  return { ...fields, ...Object.fromEntries(given) };
}

/** A refusal in plain words, so that whoever reads it can say what to do. */
async function told(work: () => Promise<ToolAnswer>): Promise<ToolAnswer> {
  try {
    return await work();
  } catch (error) {
    const { name, message } = error as Error;
    const fields = error instanceof Problem ? error.fields : [];
    const wrong = fields.map((field) => `\n- ${field.field}: ${field.message}`).join('');
    return { ...text(`${name}: ${message}${wrong}`), isError: true };
  }
}

/** Of this package, wherever it lies. */
const versionHere = (): string =>
  (createRequire(import.meta.url)('../../package.json') as { version: string }).version;
