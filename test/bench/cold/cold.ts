import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { bundleFunctions } from '../../../infra/cloud/bundle.ts';
import { type Part, rounded } from '../part.ts';
import { median } from '../peers/statistics.ts';

const run = promisify(execFile);
const names = ['intake', 'payer', 'poll', 'deliver'] as const;

/** `npm run bench -- cold`: whole processes that load a bundle, beside one that loads an empty handler. */
export const cold: Part = {
  name: 'cold',
  claim:
    'What loading each function takes, beside a process that loads an empty handler, and what of it is the SDK.',
  async measure({ isShort, say }) {
    const folder = await mkdtemp(join(tmpdir(), 'coinbooth-cold-'));
    try {
      await bundleFunctions(folder);
      const empty = join(folder, 'empty.mjs');
      await writeFile(empty, 'export const handler = async () => {};\n');
      // One client of the SDK and one command: what every function has of it at the least.
      const sdk = join(folder, 'sdk.mjs');
      await build({
        stdin: {
          contents:
            "import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'; export const handler = () => new DynamoDBClient({}).send(new PutItemCommand({}));",
          resolveDir: import.meta.dirname,
        },
        outfile: sdk,
        bundle: true,
        platform: 'node',
        format: 'esm',
        mainFields: ['module', 'main'],
        minify: true,
        external: ['@aws-sdk/credential-provider-*'],
      });
      const files: Record<string, string> = { empty, sdk };
      for (const name of names) files[name] = join(folder, name, 'index.mjs');
      const taken: Record<string, number[]> = {};
      for (let round = 0; round < (isShort ? 3 : 11); round += 1) {
        for (const [name, file] of Object.entries(files)) {
          taken[name] = [...(taken[name] ?? []), await cpuOf(file)];
        }
        say(`round ${round + 1}`);
      }
      const floor = median(taken.empty ?? []);
      const counts: Record<string, number> = { 'empty: CPU ms': rounded(floor) };
      for (const name of ['sdk', ...names]) {
        const file = files[name] ?? empty;
        counts[`${name}: kilobytes`] = Math.round((await stat(file)).size / 1000);
        counts[`${name}: CPU ms`] = rounded(median(taken[name] ?? []));
        counts[`${name}: of an empty one`] = rounded(median(taken[name] ?? []) / floor);
      }
      return { counts, notes: Object.entries(counts).map(([name, figure]) => `${name}: ${figure}`) };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** Without an environment a handler is refused when all that it imports is loaded: that is what is measured. */
async function cpuOf(file: string): Promise<number> {
  const code = `import(${JSON.stringify(pathToFileURL(file).href)}).catch(() => {}).then(() => {
    const { user, system } = process.cpuUsage();
    process.stdout.write(String((user + system) / 1000), () => process.exit(0));
  })`;
  const { stdout } = await run(process.execPath, ['--eval', code], { env: {} });
  return Number(stdout);
}
