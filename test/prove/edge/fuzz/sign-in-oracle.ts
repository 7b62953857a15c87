import { networks, now } from './draw-sign-in.ts';

/** What a sign-in may say, told from EIP-4361 without the code that decides it. */
export interface SignInVerdict {
  /** The one text that may be signed; undefined when nothing may. */
  readonly text?: string;
  /** A time is written in a form that a strict reader may refuse. */
  readonly loose?: boolean;
}

type Bag = Record<string, unknown>;
const isBag = (value: unknown): value is Bag =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const minute = 60_000;

const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';

/** A time that exists, to the second, with its offset; its fraction may have any number of digits. */
function timeOf(value: unknown): { at: number; loose: boolean } | undefined {
  if (typeof value !== 'string') return undefined;
  const [, whole, seconds, sign, hours = '0', minutes = '0'] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|([+-])([01]\d|2[0-3]):?([0-5]\d))$/.exec(value) ??
    [];
  const at = Date.parse(value);
  if (whole === undefined || Number.isNaN(at)) return undefined;
  const ahead = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * minute;
  if (new Date(at + ahead).toISOString().slice(0, 19) !== `${whole}:${seconds ?? '00'}`) return undefined;
  return { at, loose: seconds === undefined };
}

function samePage(value: unknown, page: URL): boolean {
  if (typeof value !== 'string' || value.length > 2048 || !URL.canParse(value)) return false;
  const { protocol, host, pathname, search, username } = new URL(value);
  const isPage = pathname === page.pathname || pathname + search === '/';
  return protocol === page.protocol && host === page.host && isPage && username === '';
}

/** The first chain of ours that is among the entries; what is no chain is passed over. */
function chainIn(value: unknown): string | undefined {
  if (!Array.isArray(value)) return undefined;
  const isChain = (entry: unknown): entry is Bag =>
    isBag(entry) &&
    typeof entry.chainId === 'string' &&
    entry.chainId.length <= 64 &&
    typeof entry.type === 'string' &&
    entry.type.length <= 16 &&
    (isAbsent(entry.signatureScheme) ||
      (typeof entry.signatureScheme === 'string' && entry.signatureScheme.length <= 16));
  const chains = value.slice(0, 256).filter(isChain);
  return networks.find((own) => chains.some(({ chainId, type }) => type === 'eip191' && chainId === own));
}

/** The verdict on a sign-in extension for a page that we asked for. */
export function judgeSignIn(extension: unknown, asked: string, address: string): SignInVerdict {
  if (!isBag(extension) || !isBag(extension.info)) return {};
  const { domain, uri, version, nonce, issuedAt, expirationTime, statement } = extension.info;
  const page = new URL(asked);
  const chain = chainIn(extension.supportedChains);
  const issued = timeOf(issuedAt);
  const ends = isAbsent(expirationTime) ? undefined : timeOf(expirationTime);
  if (chain === undefined || issued === undefined || version !== '1') return {};
  const usual = page.protocol === 'https:' ? 443 : 80;
  const isUsual = page.port === '' && domain === `${page.hostname}:${usual}`;
  if (domain !== page.host && domain !== page.hostname && !isUsual) return {};
  if (!samePage(uri, page)) return {};
  if (typeof nonce !== 'string' || !/^[A-Za-z0-9]{8,64}$/.test(nonce) || nonce.endsWith('\n')) return {};
  if (issued.at > now + minute || issued.at < now - 5 * minute) return {};
  if (!isAbsent(expirationTime) && ends === undefined) return {};
  if (ends && ends.at <= now) return {};
  if (!isAbsent(statement) && (typeof statement !== 'string' || !/^[ -~]{0,200}$/.test(statement))) return {};
  const lines = [
    `${domain} wants you to sign in with your Ethereum account:`,
    address,
    '',
    ...(statement ? [statement, ''] : []),
    ...(statement ? [] : ['']),
    `URI: ${page.href}`,
    'Version: 1',
    `Chain ID: ${chain.slice('eip155:'.length)}`,
    `Nonce: ${nonce}`,
    `Issued At: ${new Date(issued.at).toISOString()}`,
    ...(ends ? [`Expiration Time: ${new Date(Math.min(ends.at, now + 10 * minute)).toISOString()}`] : []),
  ];
  return { text: lines.join('\n'), loose: issued.loose || (ends?.loose ?? false) };
}
