import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** The page's files, by their names. */
export type Page = ReadonlyMap<string, PageFile>;

interface PageFile {
  readonly type: string;
  readonly etag: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Where an installed package has the page, made when it was packed. */
const built = join(import.meta.dirname, 'console-page');

/**
 * Reads the page. From a clone it is made anew at each start, which takes a tenth of a second; an installed package
 * brings it along.
 */
export async function pageFiles(): Promise<Page> {
  const names = await readdir(built).catch(() => undefined);
  if (names === undefined) {
    const { bundlePage } = await import('./bundle-page.ts');
    return asPage(await bundlePage());
  }
  return asPage(
    Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await readFile(join(built, name))] as const)),
    ),
  );
}

const asPage = (files: Readonly<Record<string, Uint8Array>>): Page =>
  new Map(
    Object.entries(files).map(([name, bytes]) => {
      const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
      return [name, { type: types[extname(name)] ?? 'application/octet-stream', etag, body: bytes.slice() }];
    }),
  );
