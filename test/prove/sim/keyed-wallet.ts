import { createHash } from 'node:crypto';
import type { LocalAccount } from 'viem';
import type { Payer } from '../../../functions/payer/payer.ts';
import type { Random } from './random.ts';

/**
 * A wallet whose signatures are a keyed hash: cheap, different for each signing as those of KMS are, and verified by
 * the simulated token. All of them begin with the same bytes, by which they are found where they must not be.
 */

const key = 'the key of the simulated wallet';
export const walletAddress = '0x2222222222222222222222222222222222222222';

/** First eight bytes of every signature: what the search for leaks looks for. */
export const canary = 'c0ffeec0dedecade';

/** The canary as it looks inside base64, whatever stands before it. */
const base64Canaries = ['', '\0', '\0\0'].map((before) => {
  const text = Buffer.from(before + canary).toString('base64');
  return text.slice(before.length === 0 ? 0 : 4, Math.floor(((before.length + canary.length) * 4) / 3) - 1);
});

/** Whether a text carries a signature, plainly or in a header. */
export const hasSignature = (text: string): boolean =>
  text.includes(canary) || base64Canaries.some((part) => text.includes(part));

/** What a transfer says, as both the wallet and the token see it. */
export interface SignedTransfer {
  readonly from: string;
  readonly to: string;
  readonly value: string;
  readonly validAfter: string;
  readonly validBefore: string;
  readonly nonce: string;
}

const tagOf = (asset: string, salt: string, transfer: SignedTransfer): string => {
  const { from, to, value, validAfter, validBefore, nonce } = transfer;
  const text = [key, asset.toLowerCase(), salt, from, to, value, validAfter, validBefore, nonce].join(' ');
  return createHash('sha256').update(text).digest('hex');
};

/** Whether a signature is the wallet's, for exactly this transfer of this token. */
export function isSigned(asset: string, transfer: SignedTransfer, signature: string): boolean {
  const salt = signature.slice(2 + canary.length, 2 + canary.length + 48);
  return signature === `0x${canary}${salt}${tagOf(asset, salt, transfer)}1b`;
}

export type PayerWallet = Pick<LocalAccount, 'address' | 'signTypedData'>;

/** The hash of a whole transaction: of its bytes, its signature included. */
export const hashOfTransaction = (signature: string): string =>
  `0x${createHash('sha256').update(signature).digest('hex')}`;

/** What a seller finds in a payment, on either rail. */
export interface Payment {
  readonly amount: string;
  readonly signature: string;
  readonly authorization: SignedTransfer;
}

export function readPayment(header: string): Payment {
  const json = (text: string) => JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
  if (header.startsWith('Payment ')) return json(header.slice('Payment '.length));
  const { accepted, payload } = json(header);
  return { amount: accepted.amount, ...payload };
}

/** @param signed told of every definition before it is signed */
export function keyedWallet(
  random: Random,
  signed: (definition: unknown) => void,
): PayerWallet & Required<Pick<Payer, 'signCharge'>> {
  const sign = (asset: string, transfer: SignedTransfer): `0x${string}` => {
    const salt = random.hex(48);
    return `0x${canary}${salt}${tagOf(asset, salt, transfer)}1b`;
  };
  return {
    address: walletAddress,
    async signCharge({ asset, from, to, value, validBefore, nonce }, charge) {
      const message = { to, value: BigInt(value), validAfter: 0n, validBefore: BigInt(validBefore), nonce };
      signed({ domain: { verifyingContract: asset }, message });
      const authorization = { from, to, value, validAfter: '0', validBefore: String(validBefore), nonce };
      const signature = sign(asset, authorization);
      const payment: Payment = { amount: charge.amount ?? '', signature, authorization };
      const header = `Payment ${Buffer.from(JSON.stringify(payment)).toString('base64')}`;
      return { header, transaction: hashOfTransaction(signature) };
    },
    signTypedData: (async (definition) => {
      signed(definition);
      const { domain, message } = definition as unknown as {
        domain: { verifyingContract: string };
        message: Record<keyof SignedTransfer, string | bigint>;
      };
      const transfer = Object.fromEntries(
        Object.entries(message).map(([field, value]) => [field, String(value)]),
      ) as unknown as SignedTransfer;
      return sign(domain.verifyingContract, transfer);
    }) as PayerWallet['signTypedData'],
  };
}
