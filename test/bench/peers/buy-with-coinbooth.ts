import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { pay } from '../../../functions/payer/pay.ts';
import type { Payer } from '../../../functions/payer/payer.ts';
import { assetBounds } from '../../../functions/poller/inspect-asset.ts';
import { type Poller, poll } from '../../../functions/poller/poll.ts';
import type { Ledger } from '../../../shared/aws/dynamodb.ts';
import { walletOf } from '../../../shared/aws/kms.ts';
import { limitsSchema } from '../../../shared/core/budget.ts';
import { acceptedJob } from '../../../shared/core/evolve.ts';
import { sellerPolicySchema } from '../../../shared/core/policy.ts';
import { timingsSchema } from '../../../shared/core/timings.ts';
import { download } from '../../../shared/seller/download.ts';
import { payFirst } from '../../../shared/seller/pay-first.ts';
import { sellerAt } from '../../../shared/seller/seller.ts';
import type { Buyer } from './buyer.ts';
import { localKey } from './local-key.ts';
import type { Errand } from './messages.ts';
import { plainLedger } from './plain-ledger.ts';

const offering = 'flux-2-pro/generate';
const minute = 60_000;

/**
 * The payer and the poller of this house, their ledger a map and their key behind the port of KMS.
 * @param quoteSeconds for so long a quote that was paid is taken for the next price; 0: never
 */
export async function coinbooth(errand: Errand, quoteSeconds: number): Promise<Buyer> {
  const { origin, network, token, payTo, key, timeScale } = errand;
  const signer = localKey(key);
  const wallet = await walletOf('a key', signer.client);
  const ledger = plainLedger() as ReturnType<typeof plainLedger> & Ledger;
  const timings = timingsSchema.parse({ pollingScale: Math.max(timeScale, 0.001) });
  const { address: asset, name, version, decimals } = token;
  const policy = sellerPolicySchema.parse({
    origin,
    pictureOrigins: [origin],
    payees: [payTo],
    assets: [{ network, asset, name, version, decimals }],
  });
  let paymentSignatures = 0;
  const ports: Payer & Poller = {
    ledger,
    headers: ledger.headers,
    seller: payFirst(sellerAt(origin, [network], wallet, Date.now), quoteSeconds, Date.now),
    inlineResults: { put: async () => {} },
    files: { read: async () => ({ missing: true }) },
    uploads: { read: async () => undefined },
    uploadId: () => randomUUID(),
    referenceBuckets: [],
    knownOrigins: [],
    control: {
      readLimits: async () => undefined,
      readSwitches: async () => [],
      readExposure: async () => undefined,
    },
    limits: limitsSchema.parse({ total: 1_000_000_000 }),
    treasuries: {},
    readsChain: () => false,
    timesOf: async () => undefined,
    wallet: {
      address: wallet.address,
      signTypedData: ((definition) => {
        paymentSignatures += 1;
        return wallet.signTypedData(definition);
      }) as typeof wallet.signTypedData,
    },
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

  return {
    async buy(body) {
      const begunAt = Date.now();
      const jobId = randomUUID();
      const request = { jobId, caller: 'AIDAPEER', offering, body: JSON.stringify(body), now: begunAt };
      await ledger.accept(acceptedJob(request, timings));
      await pay(ports, jobId, { endsAt: begunAt + minute, beforeSending: async () => {} });
      await poll(ports, jobId, { startedAt: Date.now(), endsAt: Date.now() + 1.5 * minute });
      const { sellerJobId, rendered } = (await ledger.read(jobId)) ?? {};
      if (sellerJobId === undefined || !rendered) throw new Error(`Job ${jobId} was not bought.`);
      const seenAt = rendered.at;
      const fetched = await download(rendered.url, { ...assetBounds, pin: [origin] });
      if (!('file' in fetched)) throw new Error(`Job ${jobId} has no picture.`);
      await using _file = fetched.file;
      return { sellerJobId, begunAt, seenAt, doneAt: Date.now() };
    },
    signed: () => ({ paymentSignatures, signatures: signer.signatures() }),
    standInMilliseconds: signer.millisecondsEach,
  };
}
