import { setTimeout as sleep } from 'node:timers/promises';
import { Mppx } from 'mppx/client';
import { evm } from 'mppx/evm/client';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { createReferenceBuyer, GENERATE } from '../../infra/seller/reference-buyer.ts';
import type { Buyer } from './buyer.ts';
import type { Errand } from './messages.ts';

/** As the seller's documents say for pictures. */
const documentedSeconds = 3;

/** `@x402/fetch` with its sign-in extension, polling at the documented interval. */
export async function x402Fetch(errand: Errand): Promise<Buyer> {
  const { account, signed } = countedAccount(errand);
  const reference = await referenceBuyer(errand, account);
  return { buy: (body) => follow(errand, () => reference.buy(body), reference.get), signed };
}

/** mppx, which pays x402 challenges; it has no sign-in, and borrows that of the reference packages. */
export async function mppx(errand: Errand): Promise<Buyer> {
  const { account, signed } = countedAccount(errand);
  const reference = await referenceBuyer(errand, account);
  const { network, token, origin } = errand;
  const client = Mppx.create({
    polyfill: false,
    methods: [
      evm({
        account,
        currencies: [token.address],
        networks: [Number(network.slice('eip155:'.length))],
        maxAtomicAmount: '100000',
      }),
    ],
  });
  const buy = (body: object): Promise<Response> =>
    client.fetch(`${origin}${GENERATE}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return { buy: (body) => follow(errand, () => buy(body), reference.get), signed };
}

const referenceBuyer = (errand: Errand, account: PrivateKeyAccount) =>
  createReferenceBuyer({ fund: async () => {}, ...errand }, errand, { account });

/** Pays, looks at the job until it is finished, fetches the picture. */
async function follow(
  { timeScale, origin }: Errand,
  pay: () => Promise<Response>,
  get: (path: string) => Promise<Response>,
) {
  const begunAt = Date.now();
  const paid = await pay();
  if (!paid.ok) throw new Error(`The paid POST was answered with ${paid.status}.`);
  const { jobId: sellerJobId } = (await paid.json()) as { jobId: string };
  for (;;) {
    await sleep(documentedSeconds * timeScale * 1000);
    const answer = await get(`/api/jobs/${sellerJobId}`);
    const job = (await answer.json()) as { status: string; result?: { imageUrl?: string } };
    if (job.status !== 'complete') continue;
    const seenAt = Date.now();
    await (await fetch(job.result?.imageUrl ?? origin)).arrayBuffer();
    return { sellerJobId, begunAt, seenAt, doneAt: Date.now() };
  }
}

/** A local account whose signatures are counted. */
function countedAccount({ key }: Errand) {
  const account = privateKeyToAccount(key);
  let paymentSignatures = 0;
  let signatures = 0;
  const counted: PrivateKeyAccount = {
    ...account,
    signTypedData: (definition) => {
      paymentSignatures += 1;
      signatures += 1;
      return account.signTypedData(definition);
    },
    signMessage: (message) => {
      signatures += 1;
      return account.signMessage(message);
    },
  };
  return { account: counted, signed: () => ({ paymentSignatures, signatures }) };
}
