/** What the processes of the comparison say to each other. */

/** Where and how to buy: one line of JSON, the buyer's first argument. */
export interface Errand {
  readonly origin: string;
  readonly payTo: string;
  readonly network: `eip155:${number}`;
  readonly token: {
    readonly address: `0x${string}`;
    readonly name: string;
    readonly version: string;
    readonly decimals: number;
  };
  /** Hex, of a wallet with play money. */
  readonly key: `0x${string}`;
  readonly jobs: number;
  readonly atOnce: number;
  /** Of the seller's times, and of every wait of the buyer's. */
  readonly timeScale: number;
  /** The first job's seed: each job has one of its own. */
  readonly seed: number;
}

/** One picture, as its buyer saw it; Unix milliseconds. */
export interface Purchase {
  readonly sellerJobId: string;
  readonly begunAt: number;
  /** When the buyer knew that it was finished. */
  readonly seenAt: number;
  /** When its bytes were here. */
  readonly doneAt: number;
}

/** What a buyer prints in the end. */
export interface Told {
  readonly purchases: readonly Purchase[];
  /** Of the purchases after the first one; milliseconds. */
  readonly cpuMilliseconds: number;
  /** Of these, in what stands in for the signer. */
  readonly signerMilliseconds: number;
  readonly wallMilliseconds: number;
  /** Of all purchases. */
  readonly paymentSignatures: number;
  readonly signatures: number;
}

/** What the seller's process is asked. */
export type Asked = { readonly do: 'fund'; readonly address: `0x${string}` } | { readonly do: 'take' };

/** What the seller saw since it was asked last. */
export interface Taken {
  readonly requests: number;
  readonly paidRequests: number;
  readonly jobs: readonly {
    readonly jobId: string;
    readonly createdAt: number;
    readonly renderSeconds: number;
  }[];
  readonly settlements: number;
}

/** What the seller's process says first. */
export type Shop = Pick<Errand, 'origin' | 'payTo' | 'network' | 'token'>;
