import { requestSigner } from '../../../shared/aws/sign-request.ts';
import type { World } from '../world/world.ts';

/** Asks the API of a running world, signed by its operator. */
export async function askApi(world: World, path: string, body?: unknown): Promise<Response> {
  const url = new URL(path, world.apiOrigin);
  const unsigned = {
    method: body === undefined ? 'GET' : 'POST',
    url,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
  const signed = await requestSigner(world.apiOrigin, world.sdk('execute-api'))(unsigned);
  const { method, body: sent } = unsigned;
  return fetch(url, { method, headers: { ...unsigned.headers, ...signed }, ...(sent && { body: sent }) });
}
