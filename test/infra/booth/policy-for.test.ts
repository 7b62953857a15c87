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
