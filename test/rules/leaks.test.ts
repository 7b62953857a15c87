import { describe, expect, test } from 'vitest';
import { houseFiles, textOf } from './house-files.ts';

/** What betrays one machine, or ties the house to one. Lambda's own home (`sbx_user`) is nobody's. */
const leaks: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  {
    pattern: /(?<![\w.$}])\/(home\/(?!sbx_user)|Users\/|root\/|work\/|workspaces?\/|private\/var\/)/,
    what: 'a path',
  },
  { pattern: /\b[A-Z]:\\+(Users|work)\b/i, what: 'a path' },
  {
    pattern: /\bregistry\.(npmjs|yarnpkg|npmmirror)\b|\b(npm|pypi)\.pkg\.|\b(artifactory|jfrog|verdaccio)\b/i,
    what: 'a registry',
  },
  { pattern: /^\s*"resolved":\s*"https?:/m, what: 'a registry' },
  { pattern: /^\s*(@[\w-]+:)?registry\s*=/m, what: 'a registry' },
];

const leaksIn = (file: string, text: string): string[] =>
  leaks.flatMap(({ pattern, what }) => {
    const [found] = pattern.exec(text) ?? [];
    return found === undefined ? [] : [`${file}: ${what}: ${found}`];
  });

const isText = (file: string): boolean => !/\.(webp|png|jpe?g|gif|ico|woff2?)$/.test(file);

// This file holds what it looks for.
const here = 'test/rules/leaks.test.ts';

test('nothing tells of the machine it was written on, or of where its packages came from', () => {
  const files = houseFiles().filter((file) => isText(file) && file !== here);
  expect(files).toContain('package-lock.json');
  expect(files.flatMap((file) => leaksIn(file, textOf(file)))).toEqual([]);
});

describe('the rule, on texts that are made up', () => {
  test.each([
    ["const root = '/home/ada/coinbooth';", 'a path'],
    [`cd ${['', 'work', 'main'].join('/')} && npm test`, 'a path'],
    ['see file:///Users/ada/notes.md', 'a path'],
    ['"C:\\\\Users\\\\ada"', 'a path'],
    [`  "resolved": "https://${['registry', 'npmjs', 'org'].join('.')}/zod/-/zod-4.0.0.tgz",`, 'a registry'],
    ['registry=http://10.0.0.1:4873/', 'a registry'],
    ['@ours:registry=https://npm.example.com/', 'a registry'],
    ['https://example.jfrog.io/npm', 'a registry'],
  ])('sees %s', (text, what) => {
    expect(leaksIn('README.md', text).join()).toContain(what);
  });

  test.each([
    "HOME: '/home/sbx_user1051'",
    'omit-lockfile-registry-resolved=true',
    'https://example.com/home/page',
    ['{root}', 'work', 'queue'].join('/'),
    'GET /api/work',
    '"resolved": "shared/core"',
  ])('accepts %s', (text) => {
    expect(leaksIn('README.md', text)).toEqual([]);
  });
});
