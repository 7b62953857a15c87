import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Chain, startChain } from '../../../infra/local/chain/start-chain.ts';
import { type Seller, startSeller } from '../../../infra/local/seller/start-seller.ts';
import { coinbooth, root } from './run-cli.ts';

async function run(command: string, args: readonly string[]) {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { code, stdout, stderr };
}
const check = (...args: string[]) => coinbooth('catalogue', 'check', ...args);

let chain: Chain;
let seller: Seller;
/** Serves whatever it is given. */
let stranger: Server;
let served: { status: number; body: string };
let strangerOrigin: string;
beforeAll(async () => {
  chain = await startChain();
  seller = await startSeller({ chain, payTo: '0x000000000000000000000000000000000000bEEF' });
  stranger = createServer((_, answer) => answer.writeHead(served.status).end(served.body)).listen(
    0,
    '127.0.0.1',
  );
  await once(stranger, 'listening');
  strangerOrigin = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
});
afterAll(async () => {
  stranger?.close();
  await seller?.close();
  await chain?.close();
});

test('a seller that sells what the catalogue says', async () => {
  const { code, stdout, stderr } = await check(seller.origin);
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: `${seller.origin} sells what the catalogue says.\n`,
    stderr: '',
  });
  const asked = await check(`${seller.origin}/`, '--json');
  expect([asked.code, JSON.parse(asked.stdout)]).toEqual([0, { seller: seller.origin, differences: [] }]);
});

/** As much of the sandbox's document as is doctored here. */
interface Described {
  readonly paths: Record<
    string,
    {
      post: {
        'x-payment-info': { price: { max: string } };
        requestBody: {
          content: {
            'application/json': { schema: { properties: Record<string, { enum?: string[] }> } };
          };
        };
      };
    }
  >;
}

describe('a seller that has changed', () => {
  beforeAll(async () => {
    const document = (await (await fetch(`${seller.origin}/openapi.json`)).json()) as Described;
    const { paths } = document;
    delete paths['/api/generate/grok/edit'];
    const [flux, veo] = ['flux-2-max', 'veo-3.1'].map(
      (model) => paths[`/api/generate/${model}/generate`]?.post,
    );
    Object.assign(flux?.['x-payment-info'].price ?? {}, { max: '0.2' });
    const { durationSeconds } = veo?.requestBody.content['application/json'].schema.properties ?? {};
    Object.assign(durationSeconds ?? {}, { enum: ['4', '6', '10'] });
    served = { status: 200, body: JSON.stringify(document) };
  });

  test('is told by name', async () => {
    const { code, stdout } = await check(strangerOrigin);
    expect(code).toBe(1);
    expect(stdout).toBe(`${strangerOrigin} says otherwise than the catalogue in 3 places:

flux-2-max/generate
  asks $0.04 to $0.20; the ceilings are $0.04 to $0.17

grok/edit
  is no longer sold

veo-3.1/generate
  durationSeconds: the seller does not name "8"; the seller also takes "10"
`);
  });

  test('is told to a program', async () => {
    const { code, stdout } = await check(strangerOrigin, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      seller: strangerOrigin,
      differences: [
        {
          what: 'price',
          operation: 'flux-2-max/generate',
          ours: ['40000', '170000'],
          theirs: ['40000', '200000'],
        },
        { what: 'operation', operation: 'grok/edit', onlyIn: 'ours' },
        {
          what: 'values',
          operation: 'veo-3.1/generate',
          field: 'durationSeconds',
          ours: ['8'],
          theirs: ['10'],
        },
      ],
    });
  });
});

describe('what cannot be compared ends with 2, and says why', () => {
  test.each<[string, string, { status: number; body: string }]>([
    ['words', 'is not JSON within bounds', { status: 200, body: '<!doctype html>' }],
    ['another document', 'cannot be read: openapi', { status: 200, body: '{"swagger":"2.0"}' }],
    ['nothing', '/openapi.json answers 404', { status: 404, body: '' }],
    ['more than anybody needs', 'body-too-large', { status: 200, body: '['.repeat(5_000_000) }],
    ['a bottomless document', 'is not JSON within bounds', { status: 200, body: '['.repeat(50_000) }],
  ])('%s', async (_, why, answer) => {
    served = answer;
    const { code, stdout, stderr } = await check(strangerOrigin);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(why);
  });

  test('nobody at home, told to a program', async () => {
    const { code, stdout } = await check('http://127.0.0.1:9', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ unreadable: expect.stringContaining('connection') });
  });

  test.each([
    [['catalogue', 'check']],
    [['catalogue', 'check', 'stablestudio.dev']],
    [['catalogue', 'check', 'https://stablestudio.dev/api']],
    [['catalogue', 'check', 'ftp://stablestudio.dev']],
    [['catalogue', 'check', 'https://user@stablestudio.dev']],
    [['catalogue', 'check', 'https://stablestudio.dev', '--loud']],
    [['catalogue', 'buy']],
    [['nonsense']],
    [[]],
  ])('%j', async (args) => {
    const { code, stdout, stderr } = await coinbooth(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).not.toBe('');
  });
});

test('help ends well and shows how to ask', async () => {
  const whole = await coinbooth('--help');
  expect([whole.code, whole.stderr]).toEqual([0, '']);
  expect(whole.stdout).toContain('catalogue');
  const part = await coinbooth('catalogue', 'check', '--help');
  expect([part.code, part.stderr]).toEqual([0, '']);
  expect(part.stdout).toContain('npx --no-install coinbooth catalogue check https://stablestudio.dev');
});

test('npx finds it in a fresh clone, on the Node of the project', async () => {
  const { code, stdout } = await run('npx', [
    '--no-install',
    'coinbooth',
    'catalogue',
    'check',
    seller.origin,
  ]);
  expect([code, stdout]).toEqual([0, `${seller.origin} sells what the catalogue says.\n`]);
});
