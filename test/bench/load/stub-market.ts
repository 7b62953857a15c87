import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import sharp from 'sharp';
import { pay } from '../../../functions/payer/pay.ts';
import type { Payer } from '../../../functions/payer/payer.ts';
import { deliver } from '../../../functions/poller/deliver.ts';
import { poll } from '../../../functions/poller/poll.ts';
import { walletOf } from '../../../shared/aws/kms.ts';
import { acceptedJob } from '../../../shared/core/evolve.ts';
import type { Seller } from '../../../shared/seller/seller.ts';
import { challengeOf, offer } from '../../core/offers.ts';
import { openBooth } from '../../functions/booth.ts';
import { localKey } from '../peers/local-key.ts';
import { plainLedger } from '../peers/plain-ledger.ts';

const offering = 'flux-2-pro/generate';
const body = JSON.stringify({ prompt: 'a kite among many', resolution: '0.5 MP' });
const minute = 60_000;

/** The verbs of every handler on stand-ins that answer at once: what is left is our own work. */
export async function openMarket() {
  const { client } = localKey(`0x${'5a'.repeat(32)}`);
  const wallet = await walletOf('a key', client);
  const ledger = plainLedger();
  const { ports } = openBooth().process();
  const picture = await sharp({ create: { width: 708, height: 708, channels: 3, background: '#c63' } })
    .webp()
    .toBuffer();
  let sellerJobs = 0;
  const seller = {
    quote: async () => ({ challenge: challengeOf(offer({ amount: '20000' })) }),
    pay: async () => {
      sellerJobs += 1;
      return {
        sellerJobId: `cmn${String(sellerJobs).padStart(12, '0')}`,
        settlement: { success: true, transaction: `0x${'f'.repeat(64)}`, network: 'eip155:8453' },
      };
    },
    job: async () => ({ state: 'complete', url: 'https://pictures.test/a.webp' }),
  } as unknown as Seller;
  const mine = {
    ...ports,
    ledger: ledger as unknown as Payer['ledger'],
    seller,
    wallet,
    clock: Date.now,
    sleep: async () => {},
    // The booth's own notes down every run, which is all that would grow here.
    workflows: { start: async () => {} },
    announcements: { put: async () => {} },
    assets: { putFile: async () => {}, putJson: async () => {} },
    download: async () => ({
      file: {
        bytes: picture.length,
        sha256: 'a'.repeat(64),
        read: async (from: number, length: number) => picture.subarray(from, from + length),
        stream: () => Readable.from(picture),
        [Symbol.asyncDispose]: async () => {},
      },
    }),
  };

  return {
    ledger,
    /** One picture from its acceptance to its event. */
    async buy(): Promise<void> {
      const now = Date.now();
      const jobId = randomUUID();
      await ledger.accept(acceptedJob({ jobId, caller: 'AIDABENCH', offering, body, now }, mine.timings));
      await pay(mine, jobId, { endsAt: now + minute, beforeSending: async () => {} });
      await poll(mine, jobId, { startedAt: now, endsAt: now + 1.5 * minute });
      await deliver(mine, jobId);
      const job = await ledger.read(jobId);
      if (job?.status !== 'delivered' || job.announcedAt === undefined)
        throw new Error(`Job ${jobId} is ${job?.status}.`);
    },
  };
}
