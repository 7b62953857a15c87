import { join } from 'node:path';
import { build, stop } from 'esbuild';
import type { FunctionName } from '../../shared/contracts/environment.ts';

const root = join(import.meta.dirname, '../..');

/** The handler file of each Lambda. */
export const entryPoints: Readonly<Record<FunctionName, string>> = {
  intake: 'functions/intake/handler.ts',
  payer: 'functions/payer/handler.ts',
  poll: 'functions/poller/poll-handler.ts',
  deliver: 'functions/poller/deliver-handler.ts',
  sweeper: 'functions/sweeper/handler.ts',
  auditor: 'functions/auditor/handler.ts',
};

/** CommonJS dependencies of the SDK ask for `require`, which ES modules lack. */
const requireForCommonJs =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/**
 * Bundles every function into a folder of its own, `<outdir>/<name>/index.mjs`: one minified ES module, SDK
 * included, so that what was tested is what runs.
 */
export async function bundleFunctions(outdir: string): Promise<void> {
  await Promise.all(
    Object.entries(entryPoints).map(([name, entryPoint]) =>
      build({
        absWorkingDir: root,
        entryPoints: [entryPoint],
        outfile: join(outdir, name, 'index.mjs'),
        bundle: true,
        platform: 'node',
        format: 'esm',
        target: 'node24',
        mainFields: ['module', 'main'],
        minify: true,
        legalComments: 'none',
        banner: { js: requireForCommonJs },
        logLevel: 'error',
      }),
    ),
  );
  // Its service would otherwise stay for as long as we do.
  await stop();
}
