import { Challenge, Receipt } from 'mppx';
import { Mppx, tempo } from 'mppx/server';
import { type Address, createClient, formatUnits, getAddress, http } from 'viem';
import { tempoModerato } from 'viem/tempo/chains';

/** Charges by the Machine Payments Protocol, and takes the money. */
export interface TempoTill {
  /** The value of `WWW-Authenticate` for a price. */
  challenge(amountAtomic: bigint): Promise<string>;
  /** Looks at a credential without using it up: who pays, or why it is refused. */
  validate(header: string, amountAtomic: bigint): Promise<{ payer: string } | { reason: string }>;
  /** Sends the transaction and waits for its block. Throws when it is not taken. */
  settle(header: string, amountAtomic: bigint): Promise<{ transaction: string; receipt: string }>;
}

export interface TempoTerms {
  rpcUrl: string;
  chainId: number;
  currency: Address;
  recipient: Address;
  /** The seller's own name in its challenges: its host. */
  realm: string;
  /** At least 32 characters; binds each challenge to its id. */
  secretKey: string;
}

/** The reference server of the protocol, in process, on the local chain. */
export function createTempoTill({
  rpcUrl,
  chainId,
  currency,
  recipient,
  realm,
  secretKey,
}: TempoTerms): TempoTill {
  const chain = { ...tempoModerato, id: chainId, rpcUrls: { default: { http: [rpcUrl] } } };
  const client = createClient({ chain, transport: http(rpcUrl), pollingInterval: 50 });
  const mppx = Mppx.create({
    methods: [tempo.charge({ getClient: () => client, currency, recipient })],
    secretKey,
    realm,
  });
  const priced = (amountAtomic: bigint) => ({ amount: formatUnits(amountAtomic, 6), chainId });
  return {
    challenge: async (amountAtomic) =>
      Challenge.serialize(await mppx.challenge.tempo.charge(priced(amountAtomic))),
    async validate(header, amountAtomic) {
      try {
        const { details } = await mppx.validateCredential(header, { request: priced(amountAtomic) });
        // Who signed the transaction, not who the credential says it is of.
        const { sender } = details as { sender: string };
        return { payer: getAddress(sender) };
      } catch (cause) {
        return { reason: nameOf(cause) };
      }
    },
    async settle(header, amountAtomic) {
      const receipt = await mppx.broadcastCredential(header, { request: priced(amountAtomic) });
      return { transaction: receipt.reference, receipt: Receipt.serialize(receipt) };
    },
  };
}

/** The end of the problem's type, such as `verification-failed`. */
function nameOf(cause: unknown): string {
  const { type } = (cause ?? {}) as { type?: unknown };
  return typeof type === 'string' ? (type.split('/').at(-1) ?? type) : 'verification-failed';
}
