import { type Command, InvalidArgumentError } from 'commander';
import { compareWithSeller } from '../../shared/core/drift.ts';
import { plainJson, plainLines, plainText } from '../../shared/core/plain-text.ts';
import { readApiDescription } from '../../shared/seller/api-description.ts';
import { coinbooth } from './program.ts';
import { sayDifferences } from './say-differences.ts';

const examples = `
Examples:
  ${coinbooth} catalogue check https://stablestudio.dev
  ${coinbooth} catalogue check http://127.0.0.1:4020 --json

Exit code: 0 when both say the same, 1 when they differ, 2 when the seller could not be asked.
Nothing is signed or spent.`;

/** `coinbooth catalogue …`: what we believe that the seller sells. */
export function addCatalogue(program: Command): void {
  const catalogue = program
    .command('catalogue')
    .description('what can be bought, in which fields and for how much at the most')
    .addHelpText(
      'after',
      '\nWhat a booth sells is listed by "coinbooth models". Example:\n' +
        `  ${coinbooth} catalogue check https://stablestudio.dev`,
    );
  catalogue
    .command('check')
    .description("compare the catalogue with a seller's own description of what it sells")
    .argument('<seller>', 'its origin, such as https://stablestudio.dev', readOrigin)
    .option('--json', 'one JSON object on stdout, for a program')
    .addHelpText('after', examples)
    .action(checkCatalogue);
}

function readOrigin(text: string): string {
  const url = URL.parse(text);
  if ((url?.protocol !== 'https:' && url?.protocol !== 'http:') || !/^https?:\/\/[^/@?#]+\/?$/.test(text))
    throw new InvalidArgumentError('It must be an origin such as https://host, without a path.');
  return url.origin;
}

async function checkCatalogue(seller: string, { json = false }: { json?: boolean }): Promise<void> {
  const answer = await readApiDescription(seller);
  const compared =
    'unavailable' in answer ? { unreadable: answer.unavailable } : compareWithSeller(answer.document);
  if ('unreadable' in compared) {
    if (json) console.log(plainJson({ seller, unreadable: compared.unreadable }));
    else console.error(`The seller's description cannot be read: ${plainText(compared.unreadable)}`);
    process.exitCode = 2;
    return;
  }
  console.log(
    json ? plainJson({ seller, differences: compared }) : plainLines(sayDifferences(seller, compared)),
  );
  process.exitCode = compared.length > 0 ? 1 : 0;
}
