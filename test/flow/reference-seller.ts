import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { FacilitatorClient } from '@x402/core/server';
import { ExactEvmScheme } from '@x402/evm/exact/server';
import {
  createSIWxResourceServerExtension,
  declareSIWxExtension,
  InMemorySIWxStorage,
} from '@x402/extensions/sign-in-with-x';
import { paymentMiddleware, x402ResourceServer } from '@x402/hono';
import { Hono } from 'hono';
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
  close(): Promise<void>;
}

const generate = '/api/generate/flux-2-pro/generate';

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
    .registerExtension(createSIWxResourceServerExtension({ storage: new InMemorySIWxStorage(), origin }));
  const { address: asset, name, version } = chain.token;

  const jobs = new Map<string, { body: unknown; polls: number }>();
  const app = new Hono();
  app.use(
    paymentMiddleware(
      {
        [`POST ${generate}`]: {
          accepts: {
            scheme: 'exact',
            network: chain.network,
            payTo,
            price: { amount: '30000', asset, extra: { name, version } },
            maxTimeoutSeconds: 300,
          },
          description: 'A picture',
        },
        'GET /api/jobs/*': {
          accepts: [],
          description: 'A job of yours',
          extensions: declareSIWxExtension({ network: chain.network, statement: 'Sign in' }),
        },
      },
      resources,
    ),
  );
  app.post(generate, async (c) => {
    const jobId = `ref${jobs.size}-${Math.floor(performance.now())}`.padEnd(12, '0');
    jobs.set(jobId, { body: await c.req.json(), polls: 0 });
    return c.json({ jobId, status: 'pending', type: 'picture' });
  });
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
  const listen = getRequestListener((request) => app.fetch(request));
  server.on('request', listen);
  return {
    origin,
    payTo,
    jobs,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
