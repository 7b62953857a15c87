import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const sources = join(import.meta.dirname, 'page');

/**
 * Makes the page: one script, one style sheet, and what lies beside them.
 * @returns the files by their names
 */
export async function bundlePage(): Promise<Readonly<Record<string, Uint8Array>>> {
  const { outputFiles } = await build({
    entryPoints: {
      page: join(sources, 'main.tsx'),
      theme: join(sources, 'theme.ts'),
      style: join(sources, 'styles/all.css'),
    },
    outdir: sources,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    legalComments: 'none',
    logLevel: 'error',
  });
  const made = outputFiles.map(({ path, contents }) => [basename(path), contents] as const);
  const asTheyAre = ['index.html', 'coin.svg'].map(
    async (name) => [name, new Uint8Array(await readFile(join(sources, name)))] as const,
  );
  return Object.fromEntries([...made, ...(await Promise.all(asTheyAre))]);
}

/** Puts the page's files into a folder, for a package that others install (`page-files.ts` looks there). */
export async function writePage(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(await bundlePage())) await writeFile(join(folder, name), bytes);
}
