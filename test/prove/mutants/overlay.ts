import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Edit } from './mutant.ts';

const house = join(import.meta.dirname, '../../..');
const copied = [
  ...['functions', 'infra', 'shared', 'test'],
  ...['package.json', 'tsconfig.json', 'cdk.json', '.biome.json', '.gitignore'],
];

/** A copy of the sources that may be spoiled; the packages are the house's own. */
export interface Overlay {
  readonly folder: string;
  /**
   * Builds errors into the copy.
   * @returns what puts it right again
   * @throws when a text is not there exactly once: the mutant is of other code than this
   */
  spoil(edits: readonly Edit[]): () => void;
  remove(): void;
}

export function openOverlay(): Overlay {
  const folder = mkdtempSync(join(tmpdir(), 'coinbooth-mutants-'));
  for (const name of copied) cpSync(join(house, name), join(folder, name), { recursive: true });
  symlinkSync(join(house, 'node_modules'), join(folder, 'node_modules'), 'dir');
  return {
    folder,
    spoil(edits) {
      const files = new Map(edits.map(({ file }) => [file, readFileSync(join(folder, file), 'utf8')]));
      const spoiled = new Map(files);
      for (const edit of edits) spoiled.set(edit.file, apply(spoiled.get(edit.file) ?? '', edit));
      for (const [file, text] of spoiled) writeFileSync(join(folder, file), text);
      return () => {
        for (const [file, text] of files) writeFileSync(join(folder, file), text);
      };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Puts one text in the place of another that is there exactly once. */
export function apply(text: string, { file, was, is }: Edit): string {
  const pieces = text.split(was);
  if (pieces.length !== 2)
    throw new Error(`${file} has ${pieces.length - 1} times, not once: ${was.trim().slice(0, 80)}`);
  return pieces.join(is);
}
