import { createServer, type Server } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { decodePaymentSignatureHeader } from '@x402/core/http';
import type { FacilitatorClient, RoutesConfig } from '@x402/core/server';
import type { PaymentPayload } from '@x402/core/types';
import { ExactEvmScheme } from '@x402/evm/exact/server';
import {
  declarePaymentIdentifierExtension,
  extractAndValidatePaymentIdentifier,
  extractPaymentIdentifier,
  PAYMENT_IDENTIFIER,
  paymentIdentifierResourceServerExtension,
  validatePaymentIdentifierRequirement,
} from '@x402/extensions/payment-identifier';
import {
  createSIWxResourceServerExtension,
  declareSIWxExtension,
  InMemorySIWxStorage,
} from '@x402/extensions/sign-in-with-x';
import { paymentMiddlewareFromHTTPServer, x402HTTPResourceServer, x402ResourceServer } from '@x402/hono';
import { type Context, Hono } from 'hono';
import sharp from 'sharp';
import { type Address, getAddress } from 'viem';
import { generatePrivateKey } from 'viem/accounts';
import type { Chain } from '../../infra/local/chain/start-chain.ts';
import { createTill } from '../../infra/local/seller/till.ts';

/** A seller made of the reference server packages: middleware, resource server, sign-in extension, facilitator. */
export interface ReferenceSeller {
  readonly origin: string;
  readonly payTo: Address;
  readonly jobs: ReadonlyMap<string, { body: unknown; polls: number }>;
  /** Identifier of each paid POST of the model that requires one, in order. */
  readonly identifiers: readonly (string | null)[];
  /** Cuts the connection once in the place of the next answer to a paid POST. */
  loseAnswer(): void;
  close(): Promise<void>;
}

const generate = '/api/generate/flux-2-pro/generate';
/** Sold to whoever sends a payment identifier. */
const identified = '/api/generate/flux-2-max/generate';

export async function startReferenceSeller(chain: Chain): Promise<ReferenceSeller> {
  const payTo = getAddress(`0x${'5a'.repeat(20)}`);
  const server: Server = createServer({ maxHeaderSize: 64 * 1024 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const origin = `http://127.0.0.1:${address.port}`;

  const till = createTill({ rpcUrl: chain.rpcUrl, chainId: chain.chainId, settlerKey: generatePrivateKey() });
  const facilitator: FacilitatorClient = {
    verify: till.verify,
    settle: till.settle,
    getSupported: async () => ({
      kinds: [{ x402Version: 2, scheme: 'exact', network: chain.network }],
      extensions: [],
      signers: {},
    }),
  };
  const resources = new x402ResourceServer(facilitator)
    .register(chain.network, new ExactEvmScheme())
    .registerExtension(createSIWxResourceServerExtension({ storage: new InMemorySIWxStorage(), origin }))
    .registerExtension(paymentIdentifierResourceServerExtension);
  const { address: asset, name, version } = chain.token;
  const accepts = {
    scheme: 'exact',
    network: chain.network,
    payTo,
    price: { amount: '30000', asset, extra: { name, version } },
    maxTimeoutSeconds: 300,
  };
  const routes: RoutesConfig = {
    [`POST ${generate}`]: { accepts, description: 'A picture' },
    [`POST ${identified}`]: {
      accepts,
      description: 'A picture for a payment with an identifier',
      extensions: { [PAYMENT_IDENTIFIER]: declarePaymentIdentifierExtension(true) },
    },
    'GET /api/jobs/*': {
      accepts: [],
      description: 'A job of yours',
      extensions: declareSIWxExtension({ network: chain.network, statement: 'Sign in' }),
    },
  };

  // The store of answers is the seller's own, at the hooks that the packages give for it.
  const stored = new Map<string, Buffer>();
  resources.onAfterSettle(async ({ paymentPayload, transportContext }) => {
    const { responseBody } = transportContext as { responseBody?: Buffer };
    const id = extractPaymentIdentifier(paymentPayload as PaymentPayload);
    if (id !== null && responseBody) stored.set(id, responseBody);
  });
  const storedFor = (header: string | undefined): Buffer | undefined =>
    header === undefined
      ? undefined
      : stored.get(extractPaymentIdentifier(decodePaymentSignatureHeader(header)) ?? '');
  const server402 = new x402HTTPResourceServer(resources, routes).onProtectedRequest(
    async ({ paymentHeader }) => (storedFor(paymentHeader) ? { grantAccess: true } : undefined),
  );

  const jobs = new Map<string, { body: unknown; polls: number }>();
  const identifiers: (string | null)[] = [];
  let losesAnswer = false;
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(async (c, next) => {
    await next();
    if (!losesAnswer || c.req.header('payment-signature') === undefined) return;
    losesAnswer = false;
    c.env.incoming.socket.destroy();
  });
  app.post(identified, async (c, next) => {
    const header = c.req.header('payment-signature');
    if (header === undefined) return next();
    const payment = decodePaymentSignatureHeader(header);
    const { id } = extractAndValidatePaymentIdentifier(payment);
    identifiers.push(id);
    const { valid, errors } = validatePaymentIdentifierRequirement(payment, true);
    return valid ? next() : c.json({ error: errors }, 400);
  });
  app.use(paymentMiddlewareFromHTTPServer(server402));
  const order = async (c: Context): Promise<Response> => {
    const answer = storedFor(c.req.header('payment-signature'));
    if (answer) return c.body(new Uint8Array(answer), 200, { 'content-type': 'application/json' });
    const jobId = `ref${jobs.size}-${Math.floor(performance.now())}`.padEnd(12, '0');
    jobs.set(jobId, { body: await c.req.json(), polls: 0 });
    return c.json({ jobId, status: 'pending', type: 'picture' });
  };
  app.post(generate, order);
  app.post(identified, order);
  app.get('/api/jobs/:jobId', (c) => {
    const job = jobs.get(c.req.param('jobId'));
    if (!job) return c.json({ error: 'unknown' }, 404);
    job.polls += 1;
    return job.polls < 2
      ? c.json({ status: 'loading', progress: 50 })
      : c.json({ status: 'completed', result: { imageUrl: `${origin}/pictures/${c.req.param('jobId')}` } });
  });
  app.get('/pictures/:jobId', async (c) => {
    const picture = sharp({ create: { width: 1000, height: 1000, channels: 3, background: '#2a6' } });
    return c.body(new Uint8Array(await picture.webp().toBuffer()), 200, { 'content-type': 'image/webp' });
  });
  const listen = getRequestListener((request, env) => app.fetch(request, env));
  server.on('request', listen);
  return {
    origin,
    payTo,
    jobs,
    identifiers,
    loseAnswer() {
      losesAnswer = true;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
