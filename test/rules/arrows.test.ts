import { describe, expect, test } from 'vitest';
import { wrongImports } from './arrows.ts';
import { programFiles, textOf } from './house-files.ts';
import { importsOf } from './read-program.ts';

const { dependencies } = JSON.parse(textOf('package.json')) as { dependencies: Record<string, string> };
const runtimePackages = new Set(Object.keys(dependencies));

const complaints = (file: string, text: string): string[] =>
  wrongImports(file, importsOf(file, text), runtimePackages);

test('imports go one way', () => {
  const files = programFiles();
  // Read at all: the rule would hold for no files, too.
  for (const room of ['functions/payer/', 'infra/cloud/', 'shared/core/', 'test/rules/'])
    expect(files.some((file) => file.startsWith(room))).toBe(true);
  expect(files.flatMap((file) => complaints(file, textOf(file)))).toEqual([]);
});

describe('the rule, on imports that are made up', () => {
  test.each([
    ['shared/core/job.ts', '../protocol/x402.ts', 'shared/core may not import from shared/protocol'],
    ['shared/core/job.ts', '../../functions/record.ts', 'shared/core may not import from functions'],
    ['shared/core/job.ts', 'node:crypto', 'core knows nothing but zod'],
    ['shared/core/job.ts', 'viem', 'core knows nothing but zod'],
    ['shared/core/job.ts', 'zod/v4', 'core knows nothing but zod'],
    [
      'shared/contracts/http.ts',
      '../protocol/x402.ts',
      'shared/contracts may not import from shared/protocol',
    ],
    [
      'shared/protocol/x402.ts',
      '../contracts/http.ts',
      'shared/protocol may not import from shared/contracts',
    ],
    ['shared/protocol/x402.ts', '../seller/seller.ts', 'shared/protocol may not import from shared/seller'],
    ['shared/protocol/x402.ts', 'node:crypto', 'a codec has nothing to do with a platform'],
    ['shared/aws/s3.ts', '../seller/seller.ts', 'shared/aws may not import from shared/seller'],
    ['shared/seller/seller.ts', '../aws/s3.ts', 'shared/seller may not import from shared/aws'],
    ['shared/seller/seller.ts', '@aws-sdk/client-s3', 'is for shared/aws and test only'],
    ['shared/aws/s3.ts', '../../functions/payer/pay.ts', 'shared/aws may not import from functions'],
    ['shared/helpers/text.ts', '../core/money.ts', 'comes from a room that the house does not have'],
    ['functions/payer/pay.ts', '../poller/poll.ts', 'functions/payer may not import from functions/poller'],
    ['functions/record.ts', './payer/pay.ts', 'functions/*.ts may not import from functions/payer'],
    ['functions/payer/pay.ts', '../../infra/cloud/bundle.ts', 'functions may not import from infra'],
    ['functions/payer/pay.ts', '@aws-sdk/client-kms', 'is for shared/aws and test only'],
    ['functions/payer/pay.ts', 'sharp', 'is not there when Lambda runs'],
    ['functions/payer/pay.ts', '@x402/fetch', 'is not there when Lambda runs'],
    ['infra/cloud/bundle.ts', '../../test/flow/local-booth.ts', 'infra may not import from test'],
    ['infra/cloud/bundle.ts', '../local/start.ts', 'what is deployed may not import from the local world'],
    ['infra/cloud/bundle.ts', '../../package.json', 'is outside the house'],
    ['infra/cloud/bundle.ts', '../../../elsewhere/code.ts', 'is outside the house'],
    ['infra/cloud/bundle.ts', '(computed)', 'what is computed cannot be held to any rule'],
    ['infra/cloud/bundle.ts', '/opt/code.ts', 'is a place on one machine'],
    ['infra/local/start.ts', 'aws-cdk-lib/aws-s3', 'is for infra/cloud and test only'],
    ['infra/local/seller/till.ts', '../../../shared/core/money.ts', 'infra/local/seller may not know'],
    ['infra/local/chain/rpc.ts', '../../../functions/payer/pay.ts', 'infra/local/chain may not know'],
    ['infra/local/aws/kms.ts', '../../../shared/protocol/ecdsa.ts', 'infra/local/aws may not know'],
    ['infra/local/world/world.ts', '../../../shared/contracts/event.ts', 'infra/local/world may not know'],
    ['infra/local/world/world.ts', '../../cloud/synthesise.ts', 'infra/local/world may not know'],
  ])('refuses %s importing %s', (file, from, complaint) => {
    const found = wrongImports(file, [{ from, typeOnly: false }], runtimePackages);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(complaint);
  });

  test.each([
    ['test/core/job.test.ts', '../../shared/core/job.ts'],
    ['test/functions/pay.test.ts', '../../infra/local/start.ts'],
    ['test/infra/conformance/kms.test.ts', '@aws-sdk/client-kms'],
    ['infra/cloud/service-stack.ts', '../../functions/poller/workflow.ts'],
    ['infra/local/booth/open-booth.ts', '../../cloud/bundle.ts'],
    ['infra/local/seller/main.ts', '../chain/start-chain.ts'],
    ['infra/local/seller/draw.ts', 'sharp'],
    ['infra/local/world/sandbox.ts', '(computed)'],
    ['functions/payer/pay.ts', '../record.ts'],
    ['functions/payer/pay.ts', './send.ts'],
    ['functions/payer/pay.ts', 'viem/accounts'],
    ['functions/record.ts', './announce.ts'],
    ['shared/aws/s3.ts', '../contracts/event.ts'],
    ['shared/aws/kms.ts', '../protocol/ecdsa.ts'],
    ['shared/seller/seller.ts', '../core/money.ts'],
    ['shared/protocol/x402.ts', '../core/money.ts'],
    ['shared/contracts/http.ts', '../core/job.ts'],
    ['shared/core/job.ts', './money.ts'],
    ['shared/core/job.ts', 'zod'],
  ])('accepts %s importing %s', (file, from) => {
    expect(wrongImports(file, [{ from, typeOnly: false }], runtimePackages)).toEqual([]);
  });

  test('lets a type come from where a value may not, if it is of a package', () => {
    const typeOnly = [{ from: 'aws-lambda', typeOnly: true }];
    expect(wrongImports('functions/payer/handler.ts', typeOnly, runtimePackages)).toEqual([]);
    const ofThePoller = [{ from: '../poller/poll.ts', typeOnly: true }];
    expect(wrongImports('functions/payer/pay.ts', ofThePoller, runtimePackages)).toHaveLength(1);
    const ofTheSdk = [{ from: '@aws-sdk/client-kms', typeOnly: true }];
    expect(wrongImports('functions/payer/pay.ts', ofTheSdk, runtimePackages)).toHaveLength(1);
  });
});

test.each([
  ["import type { Context } from 'aws-lambda';", 0],
  ["export type { Context } from 'aws-lambda';", 0],
  ["type Context = import('aws-lambda').Context;", 0],
  ["import { type Context } from 'aws-lambda';", 1],
  ["import Context, { type Event } from 'aws-lambda';", 1],
])('%s loads %i packages that Lambda does not have', (text, loaded) => {
  expect(complaints('functions/payer/handler.ts', text)).toHaveLength(loaded);
});

describe('an import is seen in whichever form', () => {
  const up = '../protocol/x402.ts';

  test.each([
    `import { a } from '${up}'`,
    `import type { A } from '${up}'`,
    `import '${up}'`,
    `export { a } from '${up}'`,
    `export * from '${up}'`,
    `export type { A } from '${up}'`,
    `const a = await import('${up}')`,
    `const a = await import(\`${up}\`)`,
    `type A = import('${up}').A`,
    `const a: typeof import('${up}') = b`,
    `const a = require('${up}')`,
    `const a = require.resolve('${up}')`,
    `import a = require('${up}')`,
    `const a = new URL('${up}', import.meta.url)`,
    `function deep() { return () => [{ a: import('${up}') }]; }`,
    "const a = await import('../protocol/' + name)",
    'const a = await import(path)',
  ])('%s', (text) => {
    expect(complaints('shared/core/job.ts', text)).toHaveLength(1);
  });

  test('and a text that says so is not one', () => {
    const text = `// import '${up}'\nconst a = "import('${up}')"; export const b = new URL('/api', a.url);`;
    expect(complaints('shared/core/job.ts', text)).toEqual([]);
  });

  test('and what cannot be read is no pass', () => {
    expect(() => complaints('shared/core/job.ts', 'import {')).toThrow('shared/core/job.ts');
  });
});
