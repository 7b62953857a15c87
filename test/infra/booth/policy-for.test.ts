import { expect, test } from 'vitest';
import { policyFor } from '../../../infra/local/booth/policy-for.ts';
import { headerOf, serve } from '../../seller-client/loopback.ts';

const asset = '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913';
const offer = {
  scheme: 'exact',
  network: 'eip155:8453',
  amount: '30000',
  asset,
  payTo: '0x07F067959297767c887dbfA3C72379c66E82a045',
  maxTimeoutSeconds: 300,
  extra: { name: 'USD Coin', version: '2' },
};

test('results of a seller on this machine are pinned to it, since only a listed origin may be loopback', async () => {
  await using seller = await serve((_visit, response) =>
    response
      .writeHead(402, {
        'payment-required': headerOf({
          x402Version: 2,
          resource: { url: 'http://127.0.0.1/', mimeType: 'application/json' },
          accepts: [offer],
        }),
      })
      .end(),
  );
  const { origin } = seller;
  const policy = await policyFor({ origin, payee: offer.payTo, network: 'eip155:8453', asset });
  expect(policy.pictureOrigins).toEqual([origin]);
});

test('a node that refuses is named by its host alone, and its words cannot move the cursor', async () => {
  const words = '\u001b]0;TITLE\u0007\u001b[2J\u202eready';
  await using node = await serve(({ body }, response) => {
    const { id } = JSON.parse(body) as { id: number };
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32_000, message: words } }));
  });
  const seller = { origin: 'https://seller.test', payee: offer.payTo, network: 'eip155:8453', asset };
  const rpcUrl = `${node.origin}/v2/secret-key`;
  const refused = (await policyFor({ ...seller, rpcUrl }).catch((error: unknown) => error)) as Error;
  const { host } = new URL(node.origin);
  expect(refused.message).toMatch(new RegExp(`^The node at ${host} \\(--rpc\\) .*ready`));
  expect(refused.message).not.toMatch(/secret-key|\p{Cc}|\p{Cf}/u);
});
