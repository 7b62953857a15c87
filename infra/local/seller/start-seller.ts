import { once } from 'node:events';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { type Address, type Hex, isHex } from 'viem';
import { generatePrivateKey } from 'viem/accounts';
import type { Chain } from '../chain/start-chain.ts';
import { buildApp } from './build-app.ts';
import { createFaultMenu, type FaultMenu } from './faults.ts';
import { createJobBook, type Job, type Progress } from './job-book.ts';
import { createSignInDesk } from './sign-in-desk.ts';
import { createPictureUrls } from './sign-picture-url.ts';
import { createTill } from './till.ts';
import { createObservers, type RequestListener } from './watch-requests.ts';

export interface SellerOptions {
  chain: Pick<Chain, 'rpcUrl' | 'chainId' | 'network' | 'token'>;
  payTo: Address;
  /** On 127.0.0.1. Default 0: any free port. */
  port?: number;
  /** Sends the settling transactions. Default: a fresh one, for gas is free on the local chain. */
  settlerKey?: Hex;
  /** From payment to picture. Default 2.5. */
  renderSeconds?: number;
  /** How long a picture's link lives. Default 1200, as observed (wire.md §1.5). */
  resultUrlSeconds?: number;
  /** Milliseconds since 1970, for the age of jobs and links. Sign-in keeps to the real clock. */
  clock?: () => number;
  /** Called with one line for each answered request: method, path, status. Never a header. */
  log?: (line: string) => void;
}

export interface Seller {
  origin: string;
  payTo: Address;
  /** CAIP-2. */
  network: `eip155:${number}`;
  /** The token it is paid in. */
  asset: Address;
  faults: FaultMenu;
  /** Hears every request at every phase, and is awaited. Returns the way to stop. */
  onRequest(listener: RequestListener): () => void;
  /** All jobs, newest first, unpaid ones too. */
  jobs(): (Job & Progress)[];
  /** Cuts what is still open and frees the port. */
  close(): Promise<void>;
}

/** The payment header carries an echo of the challenge, and Node allows 16 KiB of headers by default. */
const MAX_HEADER_BYTES = 128 * 1024;

/**
 * Starts the sandbox seller: StableStudio's Flux 2 Pro as wire.md §1 to §3 describes it, built on the reference
 * packages only. It settles on `chain` and draws real pictures.
 *
 * @throws Error when the port is taken.
 */
export async function startSeller(options: SellerOptions): Promise<Seller> {
  const { chain, payTo, port = 0, clock = Date.now, log = () => {} } = options;
  const { renderSeconds = 2.5, resultUrlSeconds = 1200, settlerKey = generatePrivateKey() } = options;
  if (!isHex(chain.token.address)) throw new TypeError('The chain has no token');

  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The seller listens on no port');
  const origin = `http://127.0.0.1:${address.port}`;

  const faults = createFaultMenu();
  const jobs = createJobBook({ clock, renderSeconds });
  const observers = createObservers();
  const app = buildApp(
    {
      terms: { origin, network: chain.network, payTo, token: chain.token },
      till: createTill({ rpcUrl: chain.rpcUrl, chainId: chain.chainId, settlerKey }),
      signIn: createSignInDesk({ origin, network: chain.network }),
      pictureUrls: createPictureUrls({ origin, clock, resultUrlSeconds }),
      jobs,
      faults,
    },
    observers,
  );
  server.on(
    'request',
    getRequestListener((request, env) => app.fetch(request, env)),
  );
  observers.add(({ phase, method, path, paid, status }) => {
    if (phase === 'answered')
      log(`${method} ${path}${paid ? ' (paid)' : ''} ${status === 0 ? 'cut' : status}`);
  });
  log(`seller at ${origin}, paid to ${payTo}`);

  return {
    origin,
    payTo,
    network: chain.network,
    asset: chain.token.address,
    faults,
    onRequest: observers.add,
    jobs: () => jobs.all().map((job) => ({ ...job, ...jobs.progress(job) })),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
