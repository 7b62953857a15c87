import { type Command, Option } from 'commander';
import type { Quoted } from '../client/create-client.ts';
import { type Common, facts, progress, tell, withPlace } from './booth-command.ts';
import { buildRequest, modelName, readField, type Wish } from './build-request.ts';
import { type Following, followJob } from './follow-job.ts';
import { openApi } from './open-api.ts';
import { coinbooth } from './program.ts';

interface Asked extends Following, Omit<Wish, 'prompt' | 'images'> {
  readonly model: string;
  readonly key?: string;
  readonly wait: boolean;
}

const ends =
  '\nExit code: 0 when it is there, 1 when it was refused or failed, 2 when it could not be asked.';

const withRequest = (command: Command): Command =>
  command
    .option(
      '-m, --model <name>',
      'such as flux-2-pro or wan-2.6/t2v; "coinbooth models" lists them',
      'flux-2-pro',
    )
    .option(
      '-s, --set <field=value>',
      'a field of the model, in the seller’s own names; again for each',
      readField,
    )
    .option('--max-price <dollars>', 'the most that it may cost in all')
    .option('--reuse', 'a delivered job of yours that asked for exactly the same will do');

const withPurchase = (command: Command): Command =>
  withRequest(withPlace(command))
    .option(
      '--key <name>',
      'your own name for the request: under the same name it is bought once, for 30 days',
    )
    .option('-o, --out <file>', 'save what it brings as this file, or in this folder')
    .addOption(new Option('--no-wait', 'do not wait for its end').conflicts('out'));

/** The commands that ask for something: `generate`, `edit`, and `quote` for its price. */
export function addBuy(program: Command): void {
  withPurchase(program.command('generate'))
    .description('buy a picture, a video or a drawing')
    .argument('[prompt]', 'what it shows; where the model takes one')
    .addHelpText(
      'after',
      `
Examples:
  ${coinbooth} generate "a lighthouse at dusk" --out lighthouse.webp
  ${coinbooth} generate "a harbour" -m nano-banana -s aspectRatio=16:9 --max-price 0.05 --json
  ${coinbooth} generate "waves" -m wan-2.6/i2v -s image=lighthouse.webp -s duration=5 -s resolution=720p -o waves.mp4
${ends}`,
    )
    .action((prompt: string | undefined, options: Asked) => buy('generate', { prompt }, options));
  withPurchase(program.command('edit'))
    .description('buy a changed picture')
    .argument('<prompt>', 'what to change')
    .argument('<image...>', 'files here, jobs of yours, upload:ID, s3://bucket/key or https URLs')
    .addHelpText(
      'after',
      `
Examples:
  ${coinbooth} edit "make it winter" lighthouse.webp --out winter.webp
  ${coinbooth} edit "both in one frame" JOB_ID https://pictures.example.com/kite.webp -m nano-banana
${ends}`,
    )
    .action((prompt: string, images: string[], options: Asked) => buy('edit', { prompt, images }, options));
  withRequest(withPlace(program.command('quote')))
    .description('what a request would cost now, and whether it would be paid; spends nothing')
    .argument('[prompt]', 'as in generate or edit')
    .argument('[image...]', 'with pictures it is the price of an edit')
    .addOption(new Option('--edit', 'the price of an edit whose pictures are named by --set'))
    .addHelpText(
      'after',
      `
Examples:
  ${coinbooth} quote "a lighthouse at dusk" -s "resolution=2 MP"
  ${coinbooth} quote "make it winter" lighthouse.webp --json

Exit code: 0 when it would be paid, 1 when not, 2 when it could not be asked.`,
    )
    .action(quote);
}

async function buy(operation: 'generate' | 'edit', wish: Wish, options: Asked): Promise<void> {
  const client = await openApi(options);
  const model = modelName(options.model, operation);
  const request = await buildRequest(client, model, { ...options, ...wish });
  const asking = options.key === undefined ? {} : { idempotencyKey: options.key };
  const accepted = await client.submit(model, request, asking);
  progress(`job ${accepted.jobId} is taken`);
  if (!options.wait) return tell(options, accepted, [accepted.jobId]);
  await followJob(client, accepted.jobId, options);
}

async function quote(
  prompt: string | undefined,
  images: string[],
  options: Common & Wish & { model: string; edit?: boolean },
): Promise<void> {
  const client = await openApi(options);
  const model = modelName(options.model, images.length > 0 || options.edit ? 'edit' : 'generate');
  const quoted = await client.quote(model, await buildRequest(client, model, { ...options, prompt, images }));
  if (!quoted.payable) process.exitCode = 1;
  tell(options, quoted, describeQuote(quoted));
}

const describeQuote = (quoted: Quoted): string[] =>
  facts({
    model: quoted.model,
    price: quoted.payment.usd,
    uploads: quoted.uploads.atMost > 0 ? `${quoted.uploads.usd} at the most` : undefined,
    total: quoted.uploads.atMost > 0 ? quoted.total.usd : undefined,
    ceiling: quoted.ceiling.usd,
    limit: quoted.maxPrice && `${quoted.maxPrice.usd} (yours)`,
    budget: `${quoted.budget.usd} left today (${quoted.budget.scope})`,
    payee: `${quoted.payment.payTo} on ${quoted.payment.network}`,
    reusable: quoted.reusable && `job ${quoted.reusable}, for nothing`,
    verdict: quoted.payable ? 'it would be paid' : `it would not be paid: ${quoted.reason?.message}`,
  });
