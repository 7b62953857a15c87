import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A running anvil, reachable at `rpcUrl` on loopback. */
export interface Anvil {
  rpcUrl: string;
  /** Ends the node and resolves once its process is gone. Safe to call twice. */
  close(): Promise<void>;
}

export interface AnvilOptions {
  chainId: number;
  /** Whole seconds between interval blocks. */
  blockTimeSeconds: number;
  /** 0 takes any free port. */
  port: number;
  /** Default `ethereum`. */
  kind?: 'ethereum' | 'tempo';
}

const READY_TIMEOUT_MS = 15_000;
const LISTENING = /Listening on ([\d.]+:\d+)/;

/**
 * The shell holds our end of a pipe as its stdin. When this process ends in whatever way (SIGKILL included), the
 * pipe closes, `cat` returns and anvil is ended with it.
 */
const WATCHDOG =
  'exec 3<&0; "$0" "$@" 3<&- & node=$!; (cat <&3 >/dev/null; kill -9 $node 2>/dev/null) & wait $node';

/**
 * Starts anvil and resolves when it answers on its port.
 *
 * Transactions are mined as they arrive and empty blocks follow on the interval, so that a settlement takes
 * milliseconds and the `finalized` block still moves on (two blocks behind the newest). Gas costs nothing: no
 * account needs ether.
 *
 * @throws Error when no binary is found, or when it ends or stays silent instead of listening.
 */
export async function spawnAnvil(options: AnvilOptions): Promise<Anvil> {
  const shell = spawn('/bin/sh', ['-c', WATCHDOG, findAnvil(), ...flags(options)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Ctrl-C reaches the whole process group: the node must outlive the seller's own orderly end.
    detached: true,
  });
  shell.stdin?.on('error', () => {});
  const gone = new Promise<void>((resolve) => shell.once('close', () => resolve()));
  const close = (): Promise<void> => {
    shell.stdin?.end();
    return gone;
  };
  try {
    const address = await listening(shell);
    shell.stdout?.resume();
    shell.stderr?.resume();
    return { rpcUrl: `http://${address}`, close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

function flags({ chainId, blockTimeSeconds, port, kind }: AnvilOptions): string[] {
  const common = [
    ...['--host', hiddenAddress(), '--no-cors', '--port', String(port), '--chain-id', String(chainId)],
    ...['--block-time', String(blockTimeSeconds), '--slots-in-an-epoch', '1'],
  ];
  // Blocks by the clock alone: each one is a second later than the last, and a transaction lives for 25 of them.
  // Under the default rules (T0) only the first expiring nonce of an account is ever mined.
  if (kind === 'tempo')
    return [
      ...common,
      '--network',
      'tempo',
      '--hardfork',
      'T4',
      '--timestamp',
      nowSeconds(),
      '--accounts',
      '1',
    ];
  return [
    ...common,
    '--mixed-mining',
    ...['--block-base-fee-per-gas', '0', '--gas-price', '0', '--disable-min-priority-fee', '--accounts', '1'],
  ];
}

/**
 * Anvil reads no `Host`, so that a page whose name leads to its address could ask it everything. On Linux it listens on
 * one of sixteen million loopback addresses, which no page can guess; elsewhere there is one such address alone. What
 * it holds is play money.
 */
const hiddenAddress = (): string =>
  process.platform === 'linux'
    ? `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`
    : '127.0.0.1';

const nowSeconds = (): string => String(Math.floor(Date.now() / 1000));

function findAnvil(): string {
  const named = process.env.ANVIL;
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`ANVIL names ${named}, and there is no such file. Point it at Foundry's anvil binary.`);
  }
  try {
    const manifest = createRequire(import.meta.url).resolve('@foundry-rs/anvil-linux-amd64/package.json');
    const binary = join(dirname(manifest), 'bin', 'anvil');
    if (existsSync(binary)) return binary;
  } catch {
    // Not Linux on x64, or installed without optional dependencies: said below.
  }
  throw new Error(
    'The local chain needs anvil. npm brings it on Linux x64 (optional dependency @foundry-rs/anvil-linux-amd64); ' +
      'elsewhere install Foundry and set ANVIL to the path of its anvil binary.',
  );
}

function listening(shell: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(
      () => reject(new Error(`anvil did not listen within ${READY_TIMEOUT_MS} ms`)),
      READY_TIMEOUT_MS,
    );
    const read = (chunk: Buffer): void => {
      said += chunk.toString('utf8');
      const address = LISTENING.exec(said)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      shell.stdout?.off('data', read);
      resolve(address);
    };
    shell.stdout?.on('data', read);
    shell.stderr?.on('data', read);
    shell.once('error', reject);
    shell.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`anvil ended before it listened: ${said.trim().split('\n').at(-1) ?? ''}`));
    });
  });
}
