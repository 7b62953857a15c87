import { requestSigner } from '../../shared/aws/sign-request.ts';
import type { Sign } from './transport.ts';

/**
 * Calls are made as whoever is signed in to AWS here: environment, profile, SSO, container or instance role, as every
 * AWS tool finds them. They need `execute-api:Invoke` on the API.
 * @param options `region` for an API under a name of its own; otherwise it is in the address, or `AWS_REGION`
 */
export function signInWithAws(
  origin: string,
  { region = process.env.AWS_REGION }: { readonly region?: string | undefined } = {},
): Sign {
  return requestSigner(origin, { region });
}

/** Calls are made with a token of the issuer that the deployment trusts (`api.jwt`). */
export const signInWithToken =
  (token: string): Sign =>
  () =>
    Promise.resolve({ authorization: `Bearer ${token}` });
