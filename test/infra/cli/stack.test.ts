import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { App, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Coinbooth, CoinboothKeep, type CoinboothSettings } from '../../../infra/cloud/coinbooth.ts';
import { placeholders, type StackTemplate, shipped } from '../cloud/synthesised.ts';
import { program } from './run-cli.ts';

/**
 * An operator of booths that somebody else's app deployed, in a folder that knows nothing of them: what a stack is asked,
 * and who is asked afterwards, seen by what stands in for AWS. The stacks answer with the templates that were synthesised.
 */

const folder = mkdtempSync(join(tmpdir(), 'coinbooth-stack-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const account = privateKeyToAccount(`0x${'7'.repeat(64)}`);
const spki = Buffer.concat([
  Buffer.from('3056301006072a8648ce3d020106052b8104000a034200', 'hex'),
  Buffer.from(account.publicKey.slice(2), 'hex'),
]);

const templates: Record<string, StackTemplate & { Metadata?: unknown }> = {};
const heard: string[] = [];
const server = createServer(async (request, response) => {
  const body = await text(request);
  const target = request.headers['x-amz-target'];
  if (target !== undefined) {
    const { KeyId, TableName, RequestItems } = JSON.parse(body);
    heard.push(`${String(target).split('.')[1]} ${KeyId ?? TableName ?? Object.keys(RequestItems ?? {})}`);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    return response.end(JSON.stringify(KeyId ? { PublicKey: spki.toString('base64') } : { Items: [] }));
  }
  const asked = new URLSearchParams(body);
  const [action = '', stack = ''] = ['Action', 'StackName'].map((name) => asked.get(name) ?? '');
  const template = templates[stack];
  response.setHeader('content-type', 'text/xml');
  const answer = (inner: string) =>
    response.end(
      `<${action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><${action}Result>${inner}</${action}Result></${action}Response>`,
    );
  if (!template) {
    response.statusCode = 400;
    return response.end(
      `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${stack} does not exist</Message></Error></ErrorResponse>`,
    );
  }
  if (action === 'GetTemplateSummary') {
    const metadata = JSON.stringify(template.Metadata);
    return answer(metadata === undefined ? '' : `<Metadata><![CDATA[${metadata}]]></Metadata>`);
  }
  const outputs = Object.keys(template.Outputs).map(
    (name) => `<member><OutputKey>${name}</OutputKey><OutputValue>${name}-of-${stack}</OutputValue></member>`,
  );
  return answer(
    `<Stacks><member><StackName>${stack}</StackName><Outputs>${outputs.join('')}</Outputs></member></Stacks>`,
  );
}).listen(0, '127.0.0.1');
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeAll(async () => {
  if (!server.listening) await once(server, 'listening');
  const bundles = placeholders(join(folder, 'bundles'));
  const app = new App({ outdir: join(folder, 'cdk.out'), analyticsReporting: false });
  const settings = (name: string, total: string) =>
    ({ ...shipped, name, budgets: { total } }) as unknown as CoinboothSettings;
  new Coinbooth(new Stack(app, 'Together'), 'Booth', { settings: settings('Pictures', '7'), bundles });
  const keep = new CoinboothKeep(new Stack(app, 'Vault'), 'Keep', { name: 'Apart' });
  new Coinbooth(new Stack(app, 'Theirs'), 'Booth', { settings: settings('Apart', '8'), bundles, keep });
  new Topic(new Stack(app, 'Others'), 'Topic');
  const assembly = app.synth();
  for (const { stackName, template } of assembly.stacks) templates[stackName] = template;
  writeFileSync(join(folder, 'cdk.json'), '{"app":"node app.js"}');
});

async function ask(...args: string[]) {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
      AWS_ENDPOINT_URL: endpoint,
    },
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { code, stdout, stderr, heard: heard.splice(0) };
}

test.each([
  ['Together', 'Together', 7_000_000],
  ['Theirs', 'Vault', 8_000_000],
])('%s: its name is all that an operator says', async (stack, keepStack, total) => {
  const address = await ask('wallet', 'address', '--stack', stack);
  expect(address).toEqual({
    code: 0,
    stdout: `${account.address}\n`,
    stderr: '',
    heard: [`GetPublicKey WalletKeyId-of-${keepStack}`],
  });
  const budget = await ask('budget', '--json', '--stack', stack);
  expect([budget.code, budget.stderr]).toEqual([0, '']);
  expect(JSON.parse(budget.stdout)).toMatchObject({ limits: { total } });
  expect(new Set(budget.heard.map((line) => line.split(' ')[1]))).toEqual(
    new Set([`WalletKeyId-of-${keepStack}`, `LedgerTable-of-${keepStack}`]),
  );
});

test('a stack of another kind, one that is not there, and a cdk.json of another app are said to be so', async () => {
  const [others, absent, unnamed] = [
    await ask('budget', '--stack', 'Others'),
    await ask('budget', '--stack', 'Nowhere'),
    await ask('budget'),
  ];
  expect(others).toMatchObject({ code: 2, stderr: expect.stringContaining('Others is not that of a booth') });
  expect(absent).toMatchObject({ code: 2, stderr: expect.stringContaining('Nowhere does not exist') });
  expect(unnamed).toMatchObject({ code: 2, stderr: expect.stringContaining('no context.coinbooth') });
});
