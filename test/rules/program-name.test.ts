import { describe, expect, test } from 'vitest';
import { coinbooth } from '../../infra/cli/program.ts';
import { houseFiles, textOf } from './house-files.ts';

/** The name that was never published: whoever publishes it first would get what these send to the registry. */
const bare = 'coinbooth';

/** Commands and imports that make a package manager ask the registry for the bare name. */
const fetched: readonly RegExp[] = [
  new RegExp(`\\b(npx|bunx)( -[\\w-]+)* ${bare}\\b`),
  new RegExp(`\\b(npm|pnpm|yarn) (exec|dlx|x|i|install|add|create)( -[\\w-]+)* ${bare}\\b(?![-./])`),
  new RegExp(`"(npx|bunx)",\\s*"args": \\[\\s*"${bare}"`),
  new RegExp(`'(npx|bunx)',\\s*\\['${bare}'`),
  new RegExp(`(from |import\\(|require\\()['"]${bare}(/[\\w-]+)?['"]`),
  new RegExp(`\\(import\\.meta\\.url\\)\\(['"]${bare}/`),
];

const fetches = (text: string): string[] =>
  text
    .replaceAll(coinbooth, '')
    .replaceAll(`npx --no ${bare}`, '')
    .split('\n')
    .flatMap((_line, at, lines) => {
      const near = lines.slice(at, at + 2).join('\n');
      return fetched.flatMap((pattern) => pattern.exec(near)?.[0] ?? []);
    });

const isText = (file: string): boolean => /\.([cm]?[jt]sx?|md|json|html|sh)$|^\.ci\//.test(file);

test('nothing sends a person to the registry for a package that nobody here published', () => {
  const files = houseFiles().filter((file) => isText(file));
  expect(files).toContain('README.md');
  const found = files.flatMap((file) => fetches(textOf(file)).map((words) => `${file}: ${words}`));
  expect(found).toEqual([]);
});

test('the package has a scope, and its program keeps its name', () => {
  const { name, bin } = JSON.parse(textOf('package.json')) as { name: string; bin: object };
  const lock = JSON.parse(textOf('package-lock.json')) as { name: string };
  expect([name, lock.name]).toEqual(['@coinbooth/coinbooth', '@coinbooth/coinbooth']);
  expect(Object.keys(bin)).toEqual([bare]);
  expect(textOf('README.md')).toContain(`from '${name}'`);
  expect(textOf('infra/docs/deploy.md')).toContain(`from '${name}/construct'`);
});

test('code says how the program is run by the one constant', () => {
  const sources = houseFiles().filter((file) => /^(infra|functions|shared)\/.*\.tsx?$/.test(file));
  const literal = sources.filter(
    (file) =>
      file !== 'infra/cli/program.ts' &&
      textOf(file)
        .split('\n')
        .some((line) => line.includes(coinbooth) && !/^\s*(\*|\/\*|\/\/)/.test(line)),
  );
  expect(literal).toEqual([]);
});

test('documents run what is installed here, and never what npx would fetch', () => {
  const documents = houseFiles().filter((file) => file.endsWith('.md'));
  const found = documents.flatMap((file) =>
    [
      ...textOf(file).matchAll(
        /\bnpx (?!--no-install )(cdk|node|tsc|vitest|biome|knip|esbuild|coinbooth)\b/g,
      ),
    ].map(([words]) => `${file}: ${words}`),
  );
  expect(found).toEqual([]);
});

describe('the rule, on texts that are made up', () => {
  const words = (...parts: string[]) => parts.join(' ');
  test.each([
    words('npx', `${bare} mcp`),
    words('npx', '-y', bare),
    words('npx', '--yes', bare),
    words('npm', `install ${bare}`),
    words('npm', 'exec', `${bare} -- mcp`),
    words('pnpm', `dlx ${bare}`),
    `"command": "npx", "args": ["${bare}", "mcp"]`,
    `"command": "npx",\n    "args": ["${bare}", "mcp"]`,
    `import { createClient } from '${bare}';`,
    `import('${bare}/construct')`,
    `createRequire(import.meta.url)('${bare}/package.json')`,
  ])('sees %j', (text) => {
    expect(fetches(text)).not.toEqual([]);
  });

  test.each([
    `${coinbooth} mcp`,
    '"command": "npx", "args": ["--no-install", "coinbooth", "mcp"]',
    `npm install ./${bare}-${bare}-0.1.0.tgz`,
    `import { createClient } from '@${bare}/${bare}';`,
  ])('accepts %j', (text) => {
    expect(fetches(text)).toEqual([]);
  });
});
