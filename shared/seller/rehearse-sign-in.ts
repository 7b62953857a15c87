import { validateHeaderValue } from 'node:http';
import { ownSignIn, type SignIn, signInFor } from '../protocol/siwx.ts';

/** Pages that are read with a sign-in after a payment: the job, the list of jobs, the confirmation of an upload. */
const paths = ['/api/jobs/rehearsal', '/api/jobs?limit=100', '/api/upload/confirm'];

const nonce = '0'.repeat(32);
const signature = `0x${'00'.repeat(65)}`;

/**
 * Tries every sign-in that a purchase needs after its payment, without a network call and without a signature: for each
 * page and each chain, one of our own making and one that a seller's challenge asks for.
 * @param networks CAIP-2 chains whose sign-in is used
 * @param now Unix milliseconds
 * @returns in words why a sign-in cannot be made; undefined when all can
 */
export function rehearseSignIn(visit: {
  origin: string;
  address: string;
  networks: readonly string[];
  now: number;
}): string | undefined {
  const { origin, address, networks, now } = visit;
  try {
    for (const network of networks)
      for (const path of paths) {
        const url = origin + path;
        const made = [
          ownSignIn({ url, address, network, nonce, now }),
          signInFor(challengeOf(url, network, now), { url, address, networks: [network], now }),
        ];
        for (const signIn of made) {
          if ('refused' in signIn) return signIn.refused;
          checkHeader(signIn);
        }
      }
    return undefined;
  } catch (error) {
    return `no sign-in can be made for ${origin}: ${(error as Error).message}`;
  }
}

const checkHeader = (signIn: SignIn): void =>
  validateHeaderValue('sign-in-with-x', signIn.headerWith(signature));

/** What a seller asks for where it takes no sign-in of our own making. */
function challengeOf(url: string, network: string, now: number): unknown {
  const info = {
    domain: new URL(url).host,
    uri: url,
    version: '1',
    nonce,
    issuedAt: new Date(now).toISOString(),
    expirationTime: new Date(now + 300_000).toISOString(),
    statement: 'Sign in to verify your wallet identity',
  };
  return { info, supportedChains: [{ chainId: network, type: 'eip191' }] };
}
