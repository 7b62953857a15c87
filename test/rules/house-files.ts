import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** What is never ours, for a tree that came without its history. */
const foreign = /^(node_modules|cdk\.out|\.coinbooth|\.git)$/;

/**
 * Every file of the house, from its root: those that Git tracks or would track. A tree without Git (an unpacked
 * archive) is walked instead.
 */
export function houseFiles(): string[] {
  const tracked = listTracked();
  const files = tracked.length > 0 ? tracked : walk();
  return files.filter((file) => existsSync(join(root, file))).toSorted();
}

function listTracked(): string[] {
  try {
    const options = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const listed = execFileSync('git', options, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return listed.split('\0').filter((file) => file !== '');
  } catch {
    return [];
  }
}

const walk = (): string[] =>
  globSync(['**/*', '.*', '.*/**/*'], {
    cwd: root,
    withFileTypes: true,
    exclude: ({ name }) => foreign.test(name),
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));

/** The house's own program text: what is under its four rooms, in TypeScript. */
export const programFiles = (): string[] =>
  houseFiles().filter((file) => /^(functions|infra|shared|test)\/.*\.[cm]?tsx?$/.test(file));

export const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
