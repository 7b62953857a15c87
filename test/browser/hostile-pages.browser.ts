import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localBoothSchema } from '../../infra/cli/local-booth.ts';
import { chromiumPath } from './open-page.ts';

/**
 * Pages that mean harm, in a real browser, before `npm start` with the sandbox: one of another port of this machine, one
 * of a foreign site, and one whose name was made to lead to each port that the stack has open. The ports are asked of
 * the system, so that one which is added later is tried as well.
 */

const root = join(import.meta.dirname, '../..');
const evilName = 'evil.test';

interface Door {
  readonly address: string;
  readonly port: string;
}

/** TCP sockets that processes of a group listen on (proc(5), `net/tcp`). Anvil is a group of its own: by its parent. */
function doorsOf(pid: number): Door[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one)))
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It has ended meanwhile.
    }
  const family = new Set([pid]);
  for (let before = 0; before < family.size; ) {
    before = family.size;
    for (const [child, parent] of parents) if (family.has(parent)) family.add(child);
  }
  const sockets = new Set(
    [...family].flatMap((one) => {
      try {
        return readdirSync(`/proc/${one}/fd`).map((fd) => {
          try {
            return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${one}/fd/${fd}`))?.[1];
          } catch {
            return undefined;
          }
        });
      } catch {
        return [];
      }
    }),
  );
  const lines = ['tcp', 'tcp6'].flatMap((file) =>
    readFileSync(`/proc/net/${file}`, 'utf8').split('\n').slice(1),
  );
  return lines.flatMap((line) => {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    if (state !== '0A' || !sockets.has(inode)) return [];
    const [hex = '', port = ''] = local.split(':');
    const address = [...Buffer.from(hex, 'hex').reverse()].join('.');
    return [{ address, port: String(Number.parseInt(port, 16)) }];
  });
}

let folder: string;
let stack: ReturnType<typeof spawn>;
let said = '';
let attacker: Server;
let attackerPort: string;
let browser: Browser;
let doors: Door[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coinbooth-test-'));
  stack = spawn(
    process.execPath,
    [
      join(root, 'infra/local/start.ts'),
      '--port',
      '0',
      '--rail',
      'tempo',
      '--data-dir',
      'data',
      'a lantern that nobody may read of',
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  for (const stream of [stack.stdout, stack.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  while (!said.includes('Ctrl-C ends everything')) {
    if (stack.exitCode !== null) throw new Error(said);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  doors = doorsOf(stack.pid ?? 0);
  attacker = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>harmless</title>');
  }).listen(0, '127.0.0.1');
  await once(attacker, 'listening');
  attackerPort = String((attacker.address() as AddressInfo).port);
  browser = await chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      // Every port of that name is one of this machine: what DNS rebinding comes to.
      `--host-resolver-rules=MAP ${evilName} 127.0.0.1`,
      // The browser's own wall between sites and loopback is no reason to have none: it is taken down.
      '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,PrivateNetworkAccessSendPreflights',
    ],
  });
});
afterAll(async () => {
  await browser?.close();
  attacker?.close();
  if (stack?.exitCode === null) {
    stack.kill('SIGTERM');
    await once(stack, 'close');
  }
  await rm(folder, { recursive: true, force: true });
});

const noteHere = async () =>
  localBoothSchema.parse(JSON.parse(await readFile(join(folder, 'data/running.json'), 'utf8')));

/** What a page tries at an origin. It runs in the browser. */
async function attack(origin: string): Promise<{ what: string; status: number; text: string }[]> {
  const sigV4 =
    'AWS4-HMAC-SHA256 Credential=operator/20260101/us-east-1/kms/aws4_request, SignedHeaders=host, Signature=00';
  const buy = JSON.stringify({ prompt: 'paid by another' });
  const rpc = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_accounts', params: [] });
  const tries: [string, string, RequestInit][] = [];
  for (const headers of [
    {},
    { authorization: 'x' },
    { authorization: 'Bearer x' },
    { authorization: sigV4 },
    { 'x-coinbooth-console': 'page' },
  ]) {
    const said = JSON.stringify(headers);
    tries.push([`read ${said}`, '/api/jobs', { headers }]);
    tries.push([`operator ${said}`, '/operator/booth', { headers }]);
    tries.push([`page ${said}`, '/', { headers }]);
    tries.push([`faults ${said}`, '/sandbox/faults', { headers }]);
    for (const type of ['application/json', 'text/plain']) {
      const typed = { ...headers, 'content-type': type };
      tries.push([
        `buy ${type} ${said}`,
        '/api/generate/flux-2-pro/generate',
        { method: 'POST', headers: typed, body: buy },
      ]);
      tries.push([`rpc ${type} ${said}`, '/', { method: 'POST', headers: typed, body: rpc }]);
    }
    for (const target of [
      'TrentService.Sign',
      'DynamoDB_20120810.ListTables',
      'AmazonSQS.ListQueues',
      'AWSEvents.PutEvents',
      'AWSStepFunctions.ListExecutions',
    ])
      tries.push([
        `${target} ${said}`,
        '/',
        { method: 'POST', headers: { ...headers, 'x-amz-target': target }, body: '{}' },
      ]);
  }
  // A form or a picture needs nobody's leave to be sent; its answer is not seen, and it must do nothing.
  tries.push(['form', '/api/generate/flux-2-pro/generate', { method: 'POST', mode: 'no-cors', body: buy }]);
  return Promise.all(
    tries.map(async ([what, path, init]) => {
      try {
        const answer = await fetch(origin + path, { ...init, signal: AbortSignal.timeout(20_000) });
        return { what, status: answer.status, text: (await answer.text()).slice(0, 300) };
      } catch {
        return { what, status: 0, text: '' };
      }
    }),
  );
}

const jobsOf = async () => {
  const { origin } = await noteHere();
  return ((await (await fetch(`${origin}/api/jobs`)).json()) as { jobs: object[] }).jobs.length;
};

/** Answered to nobody: refused by the door, or not to be reached at all. */
const isRefused = ({ status, text }: { status: number; text: string }) =>
  status === 0 || (status === 403 && text.includes('Forbidden'));

test('the stack has ports open, on loopback alone, and its own names are answered there', async () => {
  const { origin, dynamoDb, s3 } = await noteHere();
  const known = [origin, dynamoDb.endpoint, s3.endpoint].map((url) => new URL(url).port);
  expect(doors.map(({ port }) => port)).toEqual(expect.arrayContaining(known));
  // The API, two of AWS, the seller and its blobs, two chains.
  expect(doors.length).toBeGreaterThanOrEqual(7);
  for (const { address } of doors) expect(address).toMatch(/^127\./);
  expect((await fetch(`${origin}/api/jobs`)).status).toBe(200);
});

describe('can neither buy, nor read, nor sign, at any port', () => {
  test('a page whose name was made to lead there', async () => {
    const before = await jobsOf();
    for (const { address, port } of doors) {
      const page = await browser.newPage();
      // What is at the port refuses the page itself; the attack is then run in its origin, as a page that came earlier.
      await page.route(`http://${evilName}:${port}/rebound`, (route) =>
        route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>rebound</title>' }),
      );
      await page.goto(`http://${evilName}:${port}/rebound`);
      const outcomes = await page.evaluate(attack, `http://${evilName}:${port}`);
      expect([port, outcomes.filter((one) => !isRefused(one))]).toEqual([port, []]);
      // The page is heard there, and refused; the chains are at addresses that it cannot guess.
      const isHeard = outcomes.some(({ status }) => status === 403);
      expect([port, isHeard]).toEqual([port, address === '127.0.0.1']);
      await page.close();
    }
    expect(await jobsOf()).toBe(before);
  });

  test.each(['127.0.0.1', 'localhost', evilName])('a page of %s at another port', async (name) => {
    const before = await jobsOf();
    const page = await browser.newPage();
    await page.goto(`http://${name}:${attackerPort}/`);
    for (const { port } of doors)
      for (const host of ['127.0.0.1', 'localhost']) {
        const outcomes = await page.evaluate(attack, `http://${host}:${port}`);
        expect([port, outcomes.filter(({ status }) => status !== 0)]).toEqual([port, []]);
      }
    await page.close();
    expect(await jobsOf()).toBe(before);
  });
});
