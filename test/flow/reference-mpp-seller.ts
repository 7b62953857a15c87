import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { Mppx, tempo } from 'mppx/server';
import sharp from 'sharp';
import { type Address, createClient, getAddress, http } from 'viem';
import { tempoModerato } from 'viem/tempo/chains';
import type { TempoChain } from '../../infra/local/chain/start-tempo-chain.ts';
import { createSignInDesk } from '../../infra/local/seller/sign-in-desk.ts';

/** A seller made of the reference server of the Machine Payments Protocol alone: no x402 on its 402. */
export interface ReferenceMppSeller {
  readonly origin: string;
  readonly payTo: Address;
  readonly jobs: ReadonlyMap<string, { body: unknown; polls: number }>;
  /** Chain ids of the sign-ins that polls came with. */
  readonly signIns: string[];
  close(): Promise<void>;
}

export async function startReferenceMppSeller(chain: TempoChain): Promise<ReferenceMppSeller> {
  const payTo = getAddress(`0x${'5a'.repeat(20)}`);
  const server: Server = createServer({ maxHeaderSize: 64 * 1024 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const host = `127.0.0.1:${address.port}`;
  const origin = `http://${host}`;

  const client = createClient({
    chain: { ...tempoModerato, id: chain.chainId },
    transport: http(chain.rpcUrl),
    pollingInterval: 50,
  });
  const mppx = Mppx.create({
    methods: [tempo.charge({ getClient: () => client, currency: chain.token.address, recipient: payTo })],
    secretKey: 'a secret of the reference seller, long enough',
    realm: host,
  });
  const desk = createSignInDesk({ origin, networks: ['eip155:1', chain.network] });
  const jobs = new Map<string, { body: unknown; polls: number }>();
  const signIns: string[] = [];

  const app = new Hono();
  app.post('/api/generate/flux-2-pro/generate', async (c) => {
    const body: unknown = await c.req.json();
    const paid = await mppx.charge({ amount: '0.03', chainId: chain.chainId })(c.req.raw);
    if (paid.status === 402) return paid.challenge;
    const jobId = `mpp${jobs.size}-${Math.floor(performance.now())}`.padEnd(12, '0');
    jobs.set(jobId, { body, polls: 0 });
    return paid.withReceipt(Response.json({ jobId, status: 'pending', type: 'picture' }));
  });
  app.get('/api/jobs/:jobId', async (c) => {
    const header = c.req.header('SIGN-IN-WITH-X');
    const visitor = await desk.admit(header, `${origin}${c.req.path}`);
    if ('refusal' in visitor) return visitor.refusal;
    const { chainId } = JSON.parse(Buffer.from(header ?? '', 'base64').toString('utf8')) as {
      chainId: string;
    };
    signIns.push(chainId);
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
    signIns,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
