import { type Address, type Hex, isHex } from 'viem';
import { generatePrivateKey } from 'viem/accounts';
import type { Chain } from '../chain/start-chain.ts';
import type { TempoChain } from '../chain/start-tempo-chain.ts';
import { buildApp } from './build-app.ts';
import { createFaultMenu, type FaultMenu } from './faults.ts';
import { createGallery } from './gallery.ts';
import { createJobBook, type Job, type Progress } from './job-book.ts';
import { listen } from './listen.ts';
import type { PictureStyle } from './picture/paint-scene.ts';
import type { Shop } from './shop.ts';
import { createSignInDesk } from './sign-in-desk.ts';
import { createResultUrls } from './sign-result-url.ts';
import type { TempoTill } from './tempo-till.ts';
import { createTill } from './till.ts';
import { blobHost } from './upload/blob-host.ts';
import { createBlobStore } from './upload/blob-store.ts';
import { createUploadBook, type Upload } from './upload/upload-book.ts';
import { createFilmDesk } from './video/film-desk.ts';
import { createObservers, type RequestListener } from './watch-requests.ts';

export interface SellerOptions {
  chain: Pick<Chain, 'rpcUrl' | 'chainId' | 'network' | 'token'>;
  /** Where it takes money too, by the Machine Payments Protocol, on the same 402. */
  tempo?: Pick<TempoChain, 'rpcUrl' | 'chainId' | 'network' | 'token'>;
  payTo: Address;
  /** On 127.0.0.1. Default 0: any free port. */
  port?: number;
  /** Sends the settling transactions. Default: a fresh one, for gas is free on the local chain. */
  settlerKey?: Hex;
  /** Multiplies what each model takes as a rule, from payment to result. Default 1; 0: at once. */
  timeScale?: number;
  /** From payment to result, in the place of what the models take. */
  renderSeconds?: number;
  /** How far the times of one model spread: σ of their logarithms. Default 0: all the same. */
  spread?: number;
  /** What is drawn from a prompt: a landscape (default), or something plain in a few milliseconds. */
  pictureStyle?: PictureStyle;
  /** How long a result's link lives. Default 1200, as observed. */
  resultUrlSeconds?: number;
  /** Milliseconds since 1970, for the age of jobs and links. Sign-in keeps to the real clock. */
  clock?: () => number;
  /** Called with one line for each answered request: method, path, status. Never a header. */
  log?: (line: string) => void;
}

export interface Seller {
  origin: string;
  /** Of the host that uploads go to. */
  blobOrigin: string;
  /** Of another host of its results, which the local stack does not list. */
  annexOrigin: string;
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
  /** All uploads that were sold, newest first, unpaid ones too. */
  uploads(): Upload[];
  /** Cuts what is still open and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts the sandbox seller: StableStudio's whole catalogue as the seller documents it, built on the reference
 * packages only. It settles on `chain`, draws real pictures and films real videos. Its blob host is a second port.
 *
 * @throws Error when the port is taken.
 */
export async function startSeller(options: SellerOptions): Promise<Seller> {
  const { chain, tempo, payTo, port = 0, clock = Date.now, log = () => {} } = options;
  const { timeScale = 1, renderSeconds, spread, pictureStyle = 'landscape' } = options;
  const { resultUrlSeconds = 1200, settlerKey = generatePrivateKey() } = options;
  if (!isHex(chain.token.address)) throw new TypeError('The chain has no token');

  const front = await listen(port);
  const depot = await listen(0);
  const annex = await listen(0);
  const { origin } = front;
  const desk = createFilmDesk();
  const faults = createFaultMenu();
  const shop: Shop = {
    terms: { origin, annexOrigin: annex.origin, network: chain.network, payTo, token: chain.token },
    till: createTill({ rpcUrl: chain.rpcUrl, chainId: chain.chainId, settlerKey }),
    ...(tempo && { tempoTill: await openTempoTill(tempo, payTo, new URL(origin).host) }),
    signIn: createSignInDesk({
      origin,
      networks: [chain.network, ...(tempo ? [tempo.network] : [])],
      faults,
    }),
    resultUrls: createResultUrls({ origin, clock, resultUrlSeconds }),
    jobs: createJobBook({ clock, pace: { timeScale, renderSeconds, spread } }),
    gallery: createGallery({ style: pictureStyle, desk }),
    uploads: createUploadBook({ clock }),
    blobs: createBlobStore(depot.origin),
    faults,
    answers: new Map(),
  };
  const observers = createObservers();
  const app = buildApp(shop, observers);
  const blobs = blobHost(shop);
  front.answer((request, env) => app.fetch(request, env));
  depot.answer((request) => blobs.fetch(request));
  annex.answer((request, env) => app.fetch(request, env));
  observers.add(({ phase, method, path, paid, status }) => {
    if (phase === 'answered')
      log(`${method} ${escaped(path)}${paid ? ' (paid)' : ''} ${status === 0 ? 'cut' : status}`);
  });
  log(`seller at ${origin}, its blobs at ${depot.origin}, paid to ${payTo}`);

  return {
    origin,
    blobOrigin: depot.origin,
    annexOrigin: annex.origin,
    payTo,
    network: chain.network,
    asset: chain.token.address,
    faults: shop.faults,
    onRequest: observers.add,
    jobs: () => shop.jobs.all().map((job) => ({ ...job, ...shop.jobs.progress(job) })),
    uploads: shop.uploads.all,
    async close() {
      await Promise.all([front.close(), depot.close(), annex.close(), desk.close()]);
    },
  };
}

/** Escapes a path again for the log. The decoded path can hold control characters, which a terminal obeys. */
const escaped = (path: string): string => path.replace(/[^!-~]/gu, encodeURIComponent);

/** Its packages are large: they are loaded by who offers that rail. */
async function openTempoTill(
  { rpcUrl, chainId, token }: NonNullable<SellerOptions['tempo']>,
  recipient: Address,
  realm: string,
): Promise<TempoTill> {
  const { createTempoTill } = await import('./tempo-till.ts');
  return createTempoTill({
    rpcUrl,
    chainId,
    currency: token.address,
    recipient,
    realm,
    secretKey: generatePrivateKey(),
  });
}
