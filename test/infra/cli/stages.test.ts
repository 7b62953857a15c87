import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { program, root } from './run-cli.ts';

/** Which of the deployments that cdk.json names is asked, and where: seen by what stands in for CloudFormation. */

let folder: string;
let server: Server;
const heard: string[] = [];
const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coinbooth-test-'));
  const { context } = JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8'));
  const stages = {
    dev: {},
    prod: { environment: { account: '111111111111', region: 'eu-central-1' } },
  };
  const coinbooth = { ...context.coinbooth, stages };
  await writeFile(join(folder, 'cdk.json'), JSON.stringify({ context: { coinbooth } }));
  server = createServer(async (request, response) => {
    if (request.url === '/api/models') return response.end('{"models":[]}');
    const stack = new URLSearchParams(await text(request)).get('StackName');
    const [, region] = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    heard.push(`${stack} in ${region}`);
    const output = `<member><OutputKey>ApiUrl</OutputKey><OutputValue>${origin()}</OutputValue></member>`;
    const stacks = `<member><StackName>${stack}</StackName><Outputs>${output}</Outputs></member>`;
    return response.writeHead(200, { 'content-type': 'text/xml' }).end(
      `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
        <DescribeStacksResult><Stacks>${stacks}</Stacks></DescribeStacksResult></DescribeStacksResponse>`,
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

async function models(...args: string[]) {
  const { AWS_REGION: _region, AWS_DEFAULT_REGION: _other, ...environment } = process.env;
  const child = spawn(process.execPath, [program, 'models', ...args], {
    cwd: folder,
    env: {
      ...environment,
      HOME: folder,
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
      AWS_ENDPOINT_URL_CLOUDFORMATION: origin(),
    },
  });
  const [stderr, [code]] = await Promise.all([
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
    text(child.stdout),
  ]);
  return { code, stderr, heard: heard.splice(0) };
}

test('a stage is asked where its settings say that it is, or where the person says', async () => {
  const [prod, dev] = [
    await models('--stage', 'prod'),
    await models('--stage', 'dev', '--region', 'us-west-2'),
  ];
  expect(prod).toEqual({ code: 0, stderr: '', heard: ['Coinbooth-prod in eu-central-1'] });
  expect(dev).toEqual({ code: 0, stderr: '', heard: ['Coinbooth-dev in us-west-2'] });
});

test('without a stage, a region, or a choice, nobody is asked, and the person is told what to say', async () => {
  const [stageless, homeless, both] = [
    await models(),
    await models('--stage', 'dev'),
    await models('--stage', 'dev', '--stack', 'Coinbooth-prod'),
  ];
  expect(stageless).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--stage NAME; cdk.json here has dev, prod'),
  });
  expect(homeless).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('say --region or set AWS_REGION'),
  });
  expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining("option '--stack") });
  expect([...stageless.heard, ...homeless.heard, ...both.heard]).toEqual([]);
});
