import { x402Client, x402HTTPClient } from '@x402/core/client';
import { decodePaymentRequiredHeader } from '@x402/core/http';
import type { PaymentRequired } from '@x402/core/types';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { createSIWxClientExtension } from '@x402/extensions/sign-in-with-x';
import { wrapFetchWithPayment } from '@x402/fetch';
import type { PrivateKeyAccount } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import type { Chain } from '../../../infra/local/chain/start-chain.ts';
import type { Seller } from '../../../infra/local/seller/start-seller.ts';

export const GENERATE = '/api/generate/flux-2-pro/generate';

/** A buyer made of the reference packages alone: what it can do at the sandbox, others can. */
export interface ReferenceBuyer {
  account: PrivateKeyAccount;
  /** Quote, sign and pay in one go, as `@x402/fetch` does it. */
  buy(body: object, path?: string): Promise<Response>;
  /** The unpaid POST. */
  probe(body?: object | string, path?: string): Promise<Response>;
  /** The headers that pay one challenge. */
  sign(challenge: PaymentRequired): Promise<Record<string, string>>;
  /** A POST with the given payment headers. Redirects are not followed. */
  pay(headers: Record<string, string>, body: object | string, path?: string): Promise<Response>;
  /** GET (or another method), signing in when asked to. */
  get(path: string, method?: string): Promise<Response>;
}

export interface Purse {
  /** Default one dollar. */
  fundsAtomic?: bigint;
  /** The most that one payment may be. Default ten cents. */
  mostAtomic?: bigint;
  /** Default a fresh one. */
  account?: PrivateKeyAccount;
}

/** A fresh wallet with play money. */
export async function createReferenceBuyer(
  chain: Pick<Chain, 'fund' | 'network'> & { readonly token: Pick<Chain['token'], 'address'> },
  seller: Pick<Seller, 'origin'>,
  {
    fundsAtomic = 1_000_000n,
    mostAtomic = 100_000n,
    account = privateKeyToAccount(generatePrivateKey()),
  }: Purse = {},
): Promise<ReferenceBuyer> {
  await chain.fund(account.address, fundsAtomic);
  const maxAmountPerPayment = String(mostAtomic);
  const client = new x402Client()
    .register(chain.network, new ExactEvmScheme(account))
    // Default assets only, unless the token is named: the sandbox's token is not one.
    .setSpendControls({
      allowedAssets: [{ network: chain.network, asset: chain.token.address, maxAmountPerPayment }],
    })
    .registerExtension(createSIWxClientExtension({ signers: [account] }));
  const http = new x402HTTPClient(client);
  const paying = wrapFetchWithPayment(fetch, http);
  const post = (body: object | string | undefined, headers: Record<string, string> = {}): RequestInit => ({
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const at = (path: string): string => (path.startsWith('http') ? path : `${seller.origin}${path}`);
  return {
    account,
    buy: (body, path = GENERATE) => paying(at(path), post(body)),
    probe: (body, path = GENERATE) => fetch(at(path), post(body)),
    sign: async (challenge) => http.encodePaymentSignatureHeader(await http.createPaymentPayload(challenge)),
    pay: (headers, body, path = GENERATE) => fetch(at(path), post(body, headers)),
    get: (path, method = 'GET') => paying(at(path), { method }),
  };
}

/** What the sandbox says about a job. */
export interface JobRecord {
  jobId: string;
  type: string;
  status: string;
  progress?: number;
  input: { prompt: string };
  createdAt: string;
  result?: { imageUrl?: string; videoUrl?: string; thumbnailUrl?: string };
  error?: string;
}

/** A JSON answer that the test then looks at closely. */
export async function read<Shape>(response: Response): Promise<Shape> {
  return (await response.json()) as Shape;
}

/** The challenge in a 402's header. */
export function challengeOf(response: Response): PaymentRequired {
  return decodePaymentRequiredHeader(response.headers.get('PAYMENT-REQUIRED') ?? '');
}
