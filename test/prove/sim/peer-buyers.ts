import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { pay } from '../../../functions/payer/pay.ts';
import type { Payer } from '../../../functions/payer/payer.ts';
import type { Chain } from '../../../infra/local/chain/start-chain.ts';
import type { Seller } from '../../../infra/local/seller/start-seller.ts';
import { limitsSchema } from '../../../shared/core/budget.ts';
import { acceptedJob } from '../../../shared/core/evolve.ts';
import { sellerPolicySchema } from '../../../shared/core/policy.ts';
import { timingsSchema } from '../../../shared/core/timings.ts';
import { sellerAt } from '../../../shared/seller/seller.ts';
import { memoryLedger } from '../../functions/memory-ledger.ts';
import { createReferenceBuyer } from '../../infra/seller/reference-buyer.ts';

/** Two ways to buy one picture at the same seller, each with a fresh wallet. */

/** What one purchase came to. */
export interface Bought {
  readonly wallet: `0x${string}`;
  /** Whether the buyer has what it needs to fetch its picture. */
  readonly hasJob: boolean;
}

const body = { prompt: 'a kite', resolution: '0.5 MP' };
/** Both buyers wait so long for an answer. */
export const patienceSeconds = 2;
const mostTries = 4;

/** What a careful person writes in an afternoon: `@x402/fetch`, a time-out, a few tries, a pause between them. */
export async function buyInALoop(chain: Chain, seller: Seller): Promise<Bought> {
  const buyer = await createReferenceBuyer(chain, seller);
  const wallet = buyer.account.address;
  for (let tries = 0; tries < mostTries; tries += 1) {
    const late = sleep(patienceSeconds * 1000, 'late' as const);
    const answer = await Promise.race([buyer.buy(body).catch(() => 'failed' as const), late]);
    if (answer instanceof Response && answer.ok) return { wallet, hasJob: true };
    await sleep(500);
  }
  return { wallet, hasJob: false };
}

/** The payer of this house, its ledger in memory; a minute's worth of redeliveries. */
export async function buyWithCoinbooth(chain: Chain, seller: Seller): Promise<Bought> {
  const account = privateKeyToAccount(generatePrivateKey());
  await chain.fund(account.address, 1_000_000n);
  const ledger = memoryLedger();
  const timings = timingsSchema.parse({ answerSeconds: patienceSeconds, recoverySeconds: 1 });
  const { address: asset, name, version, decimals } = chain.token;
  const policy = sellerPolicySchema.parse({
    origin: seller.origin,
    pictureOrigins: [seller.origin],
    payees: [seller.payTo],
    assets: [{ network: chain.network, asset, name, version, decimals }],
  });
  const payer: Payer = {
    ledger,
    headers: ledger.headers,
    seller: sellerAt(seller.origin, [chain.network], account, Date.now),
    files: { read: async () => ({ missing: true }) },
    uploads: { read: async () => undefined },
    uploadId: () => randomUUID(),
    referenceBuckets: [],
    knownOrigins: [],
    control: ledger.control,
    limits: limitsSchema.parse({ total: 1_000_000 }),
    treasuries: {},
    readsChain: () => false,
    timesOf: async () => undefined,
    wallet: account,
    keyId: 'a key',
    workflows: { start: async () => {} },
    announcements: { put: async () => {} },
    bucketName: 'pictures',
    deployment: randomUUID(),
    policy,
    timings,
    clock: Date.now,
    sleep: (milliseconds) => sleep(milliseconds),
  };
  const jobId = randomUUID();
  const offering = 'flux-2-pro/generate';
  await ledger.accept(
    acceptedJob(
      { jobId, caller: 'AIDAPEER', offering, body: JSON.stringify(body), now: Date.now() },
      timings,
    ),
  );
  for (let deliveries = 0; deliveries < 8; deliveries += 1) {
    const job = await pay(payer, jobId, { endsAt: Date.now() + 60_000, beforeSending: async () => {} });
    if (job?.sellerJobId !== undefined || job?.end) break;
    await sleep(1_000);
  }
  const job = await ledger.read(jobId);
  return { wallet: account.address, hasJob: job?.sellerJobId !== undefined };
}
