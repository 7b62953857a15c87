import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Address, getAddress } from 'viem';
import type { Rail, SellerPolicy } from '../../../shared/core/policy.ts';
import { bundleFunctions } from '../../cloud/bundle.ts';
import type { Tap } from '../aws/call.ts';
import { type Chain, startChain } from '../chain/start-chain.ts';
import { startTempoChain, type TempoChain } from '../chain/start-tempo-chain.ts';
import { type Seller, type SellerOptions, startSeller } from '../seller/start-seller.ts';
import type { HttpCaller } from '../world/http-event.ts';
import type { LogLine } from '../world/log-line.ts';
import { startWorld } from '../world/start-world.ts';
import type { World } from '../world/world.ts';
import { resumeSigning } from './resume-signing.ts';

/** Always the same, so that settings can name it. Nobody has its key. */
const sandboxPayee = getAddress('0x5e11e500000000000000000000000000000c01b0');
/** Where withdrawals of play money go. Nobody has its key either. */
const sandboxTreasury = getAddress('0x7ea5000000000000000000000000000000c01b00');
/** A seller that takes half of what the real models take: nobody wants to wait for play money's pictures. */
const timeScale = 0.5;
/** Play money for the sandbox's wallet. */
const fundsAtomic = 100_000_000n;

export interface BoothOptions {
  /** Of the HTTP API on loopback; 0 lets the system choose. */
  readonly port: number;
  /** Whom to buy from in the place of the sandbox. */
  readonly policy?: SellerPolicy;
  /** A node of that seller's chain; without one, nothing is read from the chain. */
  readonly rpcUrl?: string | undefined;
  /** Nodes by chain, where there are more of that seller's. */
  readonly chains?: Readonly<Record<string, readonly string[]>>;
  /** Keeps ledger, keys and objects over restarts; in memory without it. */
  readonly dataDir?: string;
  /** Hex; imported as the wallet. */
  readonly walletKey?: string;
  /** A folder of bundles that were made before (`bundleFunctions`), for who opens many booths. */
  readonly bundles?: string;
  /** More of `context.coinbooth`: timings, payer. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** How the sandbox is paid, in the order in which it is tried; x402 alone where nothing is said. */
  readonly rails?: readonly Rail[] | undefined;
  readonly sandbox?: Pick<
    SellerOptions,
    'timeScale' | 'renderSeconds' | 'spread' | 'resultUrlSeconds' | 'pictureStyle'
  >;
  readonly taps?: readonly Tap[];
  /** What unsigned requests to the HTTP API must bring; without it they need nothing. */
  readonly apiKey?: string | undefined;
  /** People beside the operator, by the access key they sign with. */
  readonly callers?: readonly HttpCaller[];
  readonly schedules?: 'real' | 'manual';
  /** One line of progress at a time. */
  readonly progress?: (line: string) => void;
  /** What functions print. */
  readonly log?: (line: LogLine) => void;
}

/** The whole product on one machine: the synthesised stacks running, and whom they buy from. */
export interface Booth {
  readonly world: World;
  readonly policy: SellerPolicy;
  readonly wallet: Address;
  /** `context.coinbooth` as it was synthesised. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Present when it buys from the sandbox. */
  readonly sandbox?: { readonly chain: Chain; readonly tempo?: TempoChain; readonly seller: Seller };
  close(): Promise<void>;
}

/**
 * Starts chain and sandbox seller (unless another seller is given), synthesises the stacks with settings that name
 * it, and runs them. Everything that was started is ended again when a later part fails.
 */
export async function openBooth(options: BoothOptions): Promise<Booth> {
  const progress = options.progress ?? (() => {});
  const ends: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const assembly = await mkdtemp(join(tmpdir(), 'coinbooth-'));
    // A process that is ended at once waits for nothing.
    const removeNow = (): void => rmSync(assembly, { recursive: true, force: true });
    process.once('exit', removeNow);
    ends.push(async () => {
      await rm(assembly, { recursive: true, force: true });
      process.off('exit', removeNow);
    });
    const bundles = options.bundles ?? join(assembly, 'bundles');
    progress('bundling the functions');
    const bundling = Promise.all([
      import('../../cloud/synthesise.ts'),
      options.bundles === undefined ? bundleFunctions(bundles) : undefined,
    ]);
    bundling.catch(() => {});
    const sandbox = options.policy ? undefined : await openSandbox(options, progress, ends);
    const policy = options.policy ?? policyOf(sandbox, options.rails);

    const [{ synthesise }] = await bundling;
    progress('synthesising the stacks');
    const outdir = join(assembly, 'cdk.out');
    const settings = sandbox ? atSandboxPace(options) : options.settings;
    const chains = options.chains ?? chainsOf(sandbox, options);
    const treasury = sandbox ? { [sandbox.chain.network]: sandboxTreasury } : {};
    const context = { treasury, ...settings, seller: policy, chains };
    synthesise(context, { outdir, bundles, world: 'local' });

    progress('starting queues, tables, buckets, keys and functions as the template names them');
    const world = await startWorld({
      assemblyDir: outdir,
      httpPort: options.port,
      warm: true,
      log: options.log ?? (() => {}),
      ...(options.dataDir !== undefined && { dataDir: options.dataDir }),
      ...(options.walletKey !== undefined && { importedKeys: { secp256k1PrivateKeyHex: options.walletKey } }),
      ...(options.taps && { taps: options.taps }),
      ...(options.apiKey !== undefined && { apiKey: options.apiKey }),
      ...(options.callers && { callers: options.callers }),
      ...(options.schedules && { schedules: options.schedules }),
    });
    ends.push(world.close);

    const wallet = world.key('Wallet').address;
    if (sandbox) {
      progress(`funding the wallet ${wallet} with play money`);
      await Promise.all([sandbox.chain.fund(wallet, fundsAtomic), sandbox.tempo?.fund(wallet, fundsAtomic)]);
    }
    await resumeSigning(world, {
      readsChain: Object.keys(chains).length > 0,
      isFunded: sandbox !== undefined,
      progress,
    });
    return { world, policy, wallet, settings: context, ...(sandbox && { sandbox }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openSandbox(
  options: BoothOptions,
  progress: (line: string) => void,
  ends: (() => Promise<unknown>)[],
): Promise<NonNullable<Booth['sandbox']>> {
  progress('starting a chain with a USDC on it');
  const chain = await startChain();
  ends.push(chain.close);
  const tempo = options.rails?.includes('tempo') ? await startTempoChain() : undefined;
  if (tempo) ends.push(tempo.close);
  const chains = { chain, ...(tempo && { tempo }) };
  const seller = await startSeller({ ...chains, payTo: sandboxPayee, timeScale, ...options.sandbox });
  ends.push(seller.close);
  progress(`the sandbox seller is at ${seller.origin}`);
  return { ...chains, seller };
}

/** The node that the reconciler asks; one is enough on one machine. */
function chainsOf(sandbox: Booth['sandbox'], { policy, rpcUrl }: BoothOptions): Record<string, string[]> {
  const { chain, tempo } = sandbox ?? {};
  if (chain) return { [chain.network]: [chain.rpcUrl], ...(tempo && { [tempo.network]: [tempo.rpcUrl] }) };
  const network = policy?.assets[0]?.network;
  return network !== undefined && rpcUrl !== undefined ? { [network]: [rpcUrl] } : {};
}

/** Jobs of the sandbox are looked at in its own time. */
function atSandboxPace({ settings, sandbox }: BoothOptions): Readonly<Record<string, unknown>> {
  const timings = (settings?.timings ?? {}) as Readonly<Record<string, unknown>>;
  return { ...settings, timings: { pollingScale: sandbox?.timeScale ?? timeScale, ...timings } };
}

function policyOf(sandbox: Booth['sandbox'], rails: BoothOptions['rails']): SellerPolicy {
  if (!sandbox) throw new Error('Without a policy there must be a sandbox.');
  const { chain, tempo, seller } = sandbox;
  const { address, ...token } = chain.token;
  return {
    origin: seller.origin,
    pictureOrigins: [seller.origin, seller.blobOrigin],
    uploads: { putUrl: `${seller.blobOrigin}/api/blob/`, keepSeconds: 86_400 },
    payees: [seller.payTo],
    assets: [{ network: seller.network, asset: address, ...token }],
    ...(rails && { rails: [...rails] }),
    ...(tempo && {
      tempo: {
        payees: [seller.payTo],
        assets: [{ network: tempo.network, asset: tempo.token.address, decimals: 6, feeCapAtomic: '30000' }],
      },
    }),
    ceilingsAtomic: {},
  };
}
