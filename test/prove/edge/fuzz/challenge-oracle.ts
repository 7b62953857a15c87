import { base, ceiling, page, payees, sepolia } from './pins.ts';

/**
 * What may be signed in answer to a header, told from the pins, without the code that
 * decides it.
 */
export interface Payment {
  readonly chainId: number;
  readonly contract: string;
  readonly name: string;
  readonly version: string;
  readonly to: string;
  readonly value: bigint;
  /** From now until it is over. */
  readonly seconds: number;
}

export interface Verdict {
  /** Empty: nothing may be signed. Several: offers that are equally cheap. */
  readonly payments: readonly Payment[];
  /** Written so that a strict reader may refuse it, and a lenient one may not. */
  readonly loose: boolean;
}

const none: Verdict = { payments: [], loose: false };
const kibi = 1024;

type Bag = Record<string, unknown>;
const isBag = (value: unknown): value is Bag =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** What is written in the text itself: nothing that comes from a prototype. */
const own = (bag: Bag, name: string): unknown => Object.getOwnPropertyDescriptor(bag, name)?.value;
const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.length <= most;

/** Optional fields are absent when they are null or empty. */
const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';

/** A payment-identifier is required, and the place to put it is not there. */
function wantsMore(extensions: unknown): boolean {
  const advertised = isBag(extensions) ? own(extensions, 'payment-identifier') : undefined;
  if (!isBag(advertised)) return false;
  const info = own(advertised, 'info');
  const required = isBag(info) ? own(info, 'required') : undefined;
  if (typeof required === 'boolean') return false;
  return [required, own(advertised, 'required')].some((word) => [true, 'true', 1].includes(word as never));
}

function deepest(text: string): number {
  let [depth, most, quoted] = [0, 0, false];
  const bare = text.replace(/\\./gs, '');
  for (const character of bare) {
    if (character === '"') quoted = !quoted;
    if (quoted) continue;
    if ('{['.includes(character)) most = Math.max(most, ++depth);
    if (']}'.includes(character)) depth -= 1;
  }
  return most;
}

const spelled = (option: Bag): boolean =>
  deepest(JSON.stringify(option)) <= 16 &&
  isText(own(option, 'scheme'), 32) &&
  isText(own(option, 'network'), 64) &&
  isText(own(option, 'amount'), 80) &&
  isText(own(option, 'asset'), 128) &&
  isText(own(option, 'payTo'), 128) &&
  Number.isFinite(own(option, 'maxTimeoutSeconds')) &&
  (isAbsent(own(option, 'extra')) || isBag(own(option, 'extra')));

const sameHex = (a: string, b: string): boolean =>
  /^0x[0-9a-f]{40}$/i.test(a) && a.toLowerCase() === b.toLowerCase();

function paymentFor(option: Bag): Payment | undefined {
  const text = (name: string) => String(own(option, name));
  const token = [base, sepolia].find(
    ({ network, asset }) => text('network') === network && sameHex(text('asset'), asset),
  );
  const to = payees.find((payee) => sameHex(text('payTo'), payee));
  const extra = own(option, 'extra');
  const seconds = Number(own(option, 'maxTimeoutSeconds'));
  if (!token || !to || !isBag(extra) || text('scheme') !== 'exact') return undefined;
  const method = own(extra, 'assetTransferMethod');
  if (!isAbsent(method) && method !== 'eip3009') return undefined;
  if (own(extra, 'name') !== token.name || own(extra, 'version') !== token.version) return undefined;
  if (!Number.isInteger(seconds) || seconds < 30) return undefined;
  if (!/^[1-9][0-9]{0,9}$/.test(text('amount')) || text('amount').includes('\n')) return undefined;
  return {
    chainId: Number(token.network.slice(7)),
    contract: token.asset.toLowerCase(),
    name: token.name,
    version: token.version,
    to: to.toLowerCase(),
    value: BigInt(text('amount')),
    seconds: Math.min(seconds, 300),
  };
}

/** The verdict on a header. */
export function judgeChallenge(header: string | undefined): Verdict {
  if (!header || !/^[A-Za-z0-9+/]+={0,2}$/.test(header) || header.includes('\n')) return none;
  const bytes = Buffer.from(header, 'base64');
  const text = bytes.toString('utf8');
  if (text.length > 64 * kibi || bytes.length > 66 * kibi || deepest(text) > 64) return none;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return none;
  }
  if (!isBag(value) || own(value, 'x402Version') !== 2) return none;
  const [resource, accepts, extensions] = ['resource', 'accepts', 'extensions'].map((name) =>
    own(value, name),
  );
  const url = isBag(resource) ? own(resource, 'url') : undefined;
  if (!isText(url, 2048) || !Array.isArray(accepts)) return none;
  const isEmptyList = Array.isArray(extensions) && extensions.length === 0;
  if (!isAbsent(extensions) && !isBag(extensions) && !isEmptyList) return none;
  if (wantsMore(extensions)) return none;
  const named = URL.canParse(url, page) ? new URL(url, page) : undefined;
  if (named?.host !== new URL(page).host || named.pathname !== new URL(page).pathname) return none;

  const readable = accepts.slice(0, 256).filter((option): option is Bag => isBag(option) && spelled(option));
  const payable = readable.flatMap((option) => paymentFor(option) ?? []);
  const cheapest = payable.reduce<bigint | undefined>(
    (least, { value: price }) => (least === undefined || price < least ? price : least),
    undefined,
  );
  if (cheapest === undefined || cheapest > BigInt(ceiling)) return none;
  return {
    payments: payable.filter(({ value: price }) => price === cheapest),
    loose: bytes.toString('base64') !== header || bytes.length > 64 * kibi,
  };
}
