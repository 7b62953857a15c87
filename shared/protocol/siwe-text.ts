import { getAddress } from 'viem';

/** Fields of an EIP-4361 message (https://eips.ethereum.org/EIPS/eip-4361), times in Unix milliseconds. */
export interface SiweFields {
  /** RFC 3986 authority without user information. */
  readonly domain: string;
  readonly address: string;
  readonly statement?: string | undefined;
  readonly uri: string;
  readonly chainId: number;
  readonly nonce: string;
  readonly issuedAt: number;
  readonly expiresAt?: number | undefined;
}

/** Host of RFC 3986 §3.2.2, which may be one label, hold an underscore or be an IPv6 address, and a port. */
const authority = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=-]+)(?::\d{1,5})?$/;

/**
 * Text of an EIP-4361 message. `createSiweMessage` of viem writes the same text; it refuses a host of one label, an IPv6
 * address and an underscore, all of which the specification allows.
 * @returns the text, or in words which field cannot stand in it
 */
export function siweText(fields: SiweFields): string | { refused: string } {
  const { domain, address, statement, uri, chainId, nonce, issuedAt, expiresAt } = fields;
  if (!authority.test(domain)) return { refused: 'its host is not one that EIP-4361 can name' };
  if (!Number.isSafeInteger(chainId) || chainId < 1) return { refused: 'its chain is not an EVM chain' };
  const lines = [
    `${domain} wants you to sign in with your Ethereum account:`,
    getAddress(address),
    '',
    ...(statement === undefined ? [] : [statement]),
    '',
    `URI: ${uri}`,
    'Version: 1',
    `Chain ID: ${chainId}`,
    `Nonce: ${nonce}`,
    `Issued At: ${new Date(issuedAt).toISOString()}`,
    ...(expiresAt === undefined ? [] : [`Expiration Time: ${new Date(expiresAt).toISOString()}`]),
  ];
  return lines.join('\n');
}
