import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  type Address,
  createPublicClient,
  createWalletClient,
  type Hex,
  http,
  parseAbi,
  parseSignature,
} from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, startChain } from '../../../infra/local/chain/start-chain.ts';

const TRANSFER = parseAbi([
  'function transferWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, uint8 v, bytes32 r, bytes32 s)',
  'function authorizationState(address authorizer, bytes32 nonce) view returns (bool)',
  'function version() view returns (string)',
  'function name() view returns (string)',
  'function symbol() view returns (string)',
  'function decimals() view returns (uint8)',
]);
const TYPES = {
  TransferWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ],
} as const;
const NONCE: Hex = `0x${'ab'.repeat(32)}`;
const PAYEE: Address = '0x000000000000000000000000000000000000bEEF';

describe('the local chain', () => {
  const payer = privateKeyToAccount(generatePrivateKey());
  let chain: Chain;
  let started: number;

  beforeAll(async () => {
    const before = performance.now();
    chain = await startChain();
    started = performance.now() - before;
  });
  afterAll(() => chain.close());

  const reader = () => createPublicClient({ transport: http(chain.rpcUrl), pollingInterval: 50 });
  const wallet = () =>
    createWalletClient({ account: privateKeyToAccount(generatePrivateKey()), transport: http(chain.rpcUrl) });

  async function settle(value: bigint, nonce: Hex): Promise<'success' | 'reverted'> {
    const validBefore = BigInt(Math.floor(Date.now() / 1000) + 60);
    const message = { from: payer.address, to: PAYEE, value, validAfter: 0n, validBefore, nonce };
    const { name, version, address } = chain.token;
    const signature = parseSignature(
      await payer.signTypedData({
        domain: { name, version, chainId: chain.chainId, verifyingContract: address },
        types: TYPES,
        primaryType: 'TransferWithAuthorization',
        message,
      }),
    );
    const hash = await wallet().writeContract({
      address,
      abi: TRANSFER,
      functionName: 'transferWithAuthorization',
      args: [
        payer.address,
        PAYEE,
        value,
        0n,
        validBefore,
        nonce,
        27 + signature.yParity,
        signature.r,
        signature.s,
      ],
      gas: 300_000n,
      gasPrice: 0n,
      chain: null,
    });
    return (await reader().waitForTransactionReceipt({ hash })).status;
  }

  it('is ready within 1.5 seconds, under the chain id asked for', async () => {
    expect(started).toBeLessThan(1500);
    expect(await reader().getChainId()).toBe(31337);
    expect(chain.network).toBe('eip155:31337');
  });

  it('has the token in a known place, initialised to the words it advertises', async () => {
    expect(chain.token.address).toBe('0x32b4a3A8b885Eb5a612CAF4d4E1C4148acB0E694');
    const read = (functionName: 'name' | 'symbol' | 'version' | 'decimals') =>
      reader().readContract({ address: chain.token.address, abi: TRANSFER, functionName });
    const words = await Promise.all([read('name'), read('symbol'), read('version'), read('decimals')]);
    expect(words).toEqual(['USD Coin', 'USDC', '2', 6]);
  });

  it('funds, executes an authorization once, and lists what it executed', async () => {
    await chain.fund(payer.address, 1_000_000n);
    expect(await settle(40_000n, NONCE)).toBe('success');
    expect(await settle(40_000n, NONCE)).toBe('reverted');
    expect(await chain.balance(payer.address)).toBe(960_000n);
    expect(await chain.balance(PAYEE)).toBe(40_000n);
    expect(await chain.settlements()).toEqual([
      {
        transaction: expect.stringMatching(/^0x/),
        from: payer.address,
        to: PAYEE,
        value: 40_000n,
        nonce: NONCE,
      },
    ]);
    expect(await chain.settlements(payer.address)).toHaveLength(1);
    expect(await chain.settlements(PAYEE)).toEqual([]);
  });

  it('finalizes: the final block follows the newest within a few seconds, and chain time is the clock', async () => {
    const mined = await reader().getBlock({ blockTag: 'latest' });
    await expect
      .poll(async () => (await reader().getBlock({ blockTag: 'finalized' })).number, { timeout: 5000 })
      .toBeGreaterThanOrEqual(mined.number);
    const latest = await reader().getBlock({ blockTag: 'latest' });
    expect(Math.abs(Number(latest.timestamp) - Date.now() / 1000)).toBeLessThan(3);
  });

  it('refuses a block time that would make chain time outrun the clock', async () => {
    await expect(startChain({ blockTimeSeconds: 0.2 })).rejects.toThrow(RangeError);
  });

  it('says what to do when there is no anvil', async () => {
    const before = process.env.ANVIL;
    process.env.ANVIL = '/nowhere/anvil';
    try {
      await expect(startChain()).rejects.toThrow(/ANVIL names \/nowhere\/anvil/);
    } finally {
      if (before === undefined) delete process.env.ANVIL;
      else process.env.ANVIL = before;
    }
  });

  it('ends with its parent, even when the parent is killed outright', async () => {
    const module = fileURLToPath(new URL('../../../infra/local/chain/start-chain.ts', import.meta.url));
    const source = `import { startChain } from ${JSON.stringify(module)}; console.log((await startChain()).rpcUrl);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = await once(parent.stdout, 'data');
    const orphan = String(said).trim();
    const alive = () =>
      fetch(orphan, { method: 'POST', body: '{}' }).then(
        () => true,
        () => false,
      );
    expect(await alive()).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(alive, { timeout: 5000 }).toBe(false);
  });
});
