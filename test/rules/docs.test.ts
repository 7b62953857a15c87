import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { settingsSchema } from '../../infra/cloud/settings.ts';
import { catalogue } from '../../shared/core/catalogue.ts';
import { houseFiles, root, textOf } from './house-files.ts';

const pages = houseFiles().filter((file) => file.endsWith('.md'));

/** The headings of a page, as links name them. */
const anchorsOf = (file: string): string[] =>
  [...textOf(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );

test.each(pages)('what %s links to is there', (file) => {
  const links = [...textOf(file).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, to]) => to ?? []);
  const inside = links.filter((to) => !/^(https:|#)/.test(to));
  const broken = inside.filter((to) => {
    const [path = '', anchor] = to.split('#');
    const target = join(dirname(file), path);
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
  expect(broken).toEqual([]);
});

/** Every setting by its path; lists and records of a person's own names are one. */
function pathsOf(schema: z.ZodType, path = ''): string[] {
  let inner: unknown = schema;
  for (;;) {
    if (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodOptional)
      inner = inner.unwrap();
    else if (inner instanceof z.ZodPipe) inner = inner.in;
    else break;
  }
  if (!(inner instanceof z.ZodObject)) return [path];
  const below = Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(([name, one]) =>
    pathsOf(one, path === '' ? name : `${path}.${name}`),
  );
  return path === '' ? below : [path, ...below];
}

test('every setting has a row in its page, and every row is of a setting', () => {
  const rows = textOf('infra/docs/settings.md').matchAll(/^\| (`[^|]+`) \|/gm);
  const told = [...rows].flatMap(([, cell = '']) => {
    const names = [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
    const parent = names[0]?.replace(/\.[^.]+$/, '');
    return names.map((name) => (name.startsWith('.') ? `${parent}${name}` : name));
  });
  const paths = pathsOf(settingsSchema);
  // Read before the others, by `chosenStage`.
  expect(told.filter((name) => !paths.includes(name))).toEqual(['stages']);
  const isTold = (path: string) => told.some((name) => path === name || path.startsWith(`${name}.`));
  const isWhole = (path: string) => paths.some((other) => other.startsWith(`${path}.`));
  expect(paths.filter((path) => !isTold(path) && !isWhole(path))).toEqual([]);
});

test('the README counts what the catalogue holds', () => {
  expect(textOf('README.md')).toContain('Thirty models');
  expect(Object.keys(catalogue)).toHaveLength(30);
});
