import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Hex } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { readCommandLine, USAGE } from '../../../infra/local/seller/read-command-line.ts';

const MAIN = fileURLToPath(new URL('../../../infra/local/seller/main.ts', import.meta.url));

function run(args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    said.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.stderr += chunk.toString();
  });
  return { child, said };
}

describe('npm run seller', () => {
  it('prints one JSON line when ready, sells with the fault asked for, and ends on Ctrl-C with its chain', async () => {
    const { child, said } = run(['--port', '0', '--fault', 'over-ceiling=1', '--render-seconds', '0']);
    await expect.poll(() => said.stdout, { timeout: 15_000, interval: 50 }).toContain('\n');
    expect(said.stdout.trim().split('\n')).toHaveLength(1);
    const ready = JSON.parse(said.stdout) as Record<'origin' | 'rpc' | 'testKey', string>;
    expect(Object.keys(ready)).toEqual([
      ...['origin', 'blobOrigin', 'payTo', 'network', 'asset', 'rpc', 'testKey'],
    ]);
    expect(privateKeyToAddress(ready.testKey as Hex)).toMatch(/^0x/);
    expect(await (await fetch(`${ready.origin}/sandbox/faults`)).json()).toMatchObject({
      faults: expect.arrayContaining([expect.objectContaining({ name: 'over-ceiling', on: true, times: 1 })]),
    });
    expect(said.stderr).toContain('fault on: over-ceiling');

    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    await expect(fetch(ready.origin)).rejects.toThrow();
    await expect
      .poll(() =>
        fetch(ready.rpc, { method: 'POST' }).then(
          () => 'alive',
          () => 'gone',
        ),
      )
      .toBe('gone');
  });

  it('prints its usage for --help', async () => {
    const { child, said } = run(['--help']);
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(said.stdout).toContain('Usage: npm run seller');
    expect(said.stdout).toContain('lost-answer');
  });

  it('prints its usage and ends with 2 for an option it does not know', async () => {
    const { child, said } = run(['--colour', 'red']);
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(said.stderr).toContain(USAGE);
    expect(said.stdout).toBe('');
  });

  it('ends with 1, a sentence and no chain left when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { child, said } = run(['--port', String((other.address() as AddressInfo).port)]);
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(said.stderr).toContain('EADDRINUSE');
    other.close();
  });

  it.each([
    [['--port', 'x']],
    [['--port', '']],
    [['--port', '-1']],
    [['--fault', 'earthquake']],
    [['--fault', 'lost-answer=0']],
    [['--fault', 'lost-answer=']],
    [['--render-seconds', 'soon']],
    [['--time-scale', '']],
    [['--time-scale', '-1']],
    [['now']],
  ])('refuses %j', (args) => {
    expect(() => readCommandLine(args)).toThrow();
  });

  it('takes faults with and without a count, and knows its defaults', () => {
    expect(readCommandLine(['--fault', 'lost-answer', '--fault', 'svg-picture=2'])).toEqual({
      port: 4020,
      timeScale: 1,
      faults: [{ name: 'lost-answer' }, { name: 'svg-picture', times: 2 }],
    });
    expect(readCommandLine(['--time-scale', '0.1', '--render-seconds', '3'])).toEqual({
      port: 4020,
      timeScale: 0.1,
      renderSeconds: 3,
      faults: [],
    });
  });
});
