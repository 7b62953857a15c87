import { basename, join } from 'node:path';
import { build, type Plugin, stop } from 'esbuild';
import type { FunctionName } from '../../shared/contracts/environment.ts';

const root = join(import.meta.dirname, '../..');

/** The handler file of each Lambda. */
export const entryPoints: Readonly<Record<FunctionName, string>> = {
  intake: 'functions/intake/handler.ts',
  requests: 'functions/intake/request-handler.ts',
  manifest: 'functions/intake/manifest-handler.ts',
  payer: 'functions/payer/handler.ts',
  poll: 'functions/poller/poll-handler.ts',
  deliver: 'functions/poller/deliver-handler.ts',
  reconciler: 'functions/reconciler/handler.ts',
  sweeper: 'functions/sweeper/handler.ts',
  auditor: 'functions/auditor/handler.ts',
};

/** CommonJS dependencies of the SDK ask for `require`, which ES modules lack. */
const requireForCommonJs =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/**
 * Where the SDK would look for credentials after the environment. Lambda's are always there, so that these are never
 * loaded; they were a sixth of every bundle, and one of them asks an address of the metadata service.
 */
const elsewhere = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
];

/** Parts that a function loads only when it needs them, by the path of their bundle beside its `index.mjs`. */
export const lateParts: Readonly<Record<string, string>> = {
  'payer/mpp-credential': 'shared/protocol/mpp-credential.ts',
  'payer/s3-files': 'shared/aws/s3-files.ts',
  'poll/s3-inline': 'shared/aws/s3-inline.ts',
};

/** Leaves a part that is loaded late out of the function's own bundle. */
const late: Plugin = {
  name: 'late-parts',
  setup({ onResolve }) {
    onResolve({ filter: /\.ts$/ }, ({ path, kind }) => {
      const part = Object.keys(lateParts).find((name) => path.endsWith(`/${basename(name)}.ts`));
      return kind === 'dynamic-import' && part
        ? { path: `./${basename(part)}.mjs`, external: true }
        : undefined;
    });
  },
};

/**
 * Takes Node's http as `require` gives it. An ES import of it reads each of its exports to make them names, one of which
 * loads Node's own fetch and all that belongs to it: a third of what a cold start took, for nothing that we use.
 */
const plainHttp: Plugin = {
  name: 'plain-http',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?https?$/ }, ({ path }) => ({
      path: path.replace('node:', ''),
      namespace: 'builtin',
    }));
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('node:${path}')`,
    }));
  },
};

/**
 * Bundles every function into a folder of its own, `<outdir>/<name>/index.mjs`: one minified ES module, SDK
 * included, so that what was tested is what runs. What it loads late is a module of the same kind beside it.
 */
export async function bundleFunctions(outdir: string): Promise<void> {
  await build({
    absWorkingDir: root,
    // Together, so that what they share is read and parsed once.
    entryPoints: {
      ...Object.fromEntries(Object.entries(entryPoints).map(([name, file]) => [`${name}/index`, file])),
      ...lateParts,
    },
    outdir,
    outExtension: { '.js': '.mjs' },
    plugins: [late, plainHttp],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    external: elsewhere,
    legalComments: 'none',
    banner: { js: requireForCommonJs },
    logLevel: 'error',
  });
  // Its service would otherwise stay for as long as we do.
  await stop();
}
