import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { afterEach, expect, test } from 'vitest';
import { quotaLooks } from '../../infra/cli/quota-looks.ts';
import { quotasOf } from '../../shared/aws/service-quotas.ts';

type Asked = { ServiceCode?: string; NextToken?: string };

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Service Quotas as it answers over HTTP, to the SDK's own client. */
async function serviceThat(answer: (asked: Asked) => { status?: number; body: object }) {
  const heard: { target: unknown; asked: Asked }[] = [];
  server = createServer(async (request, response) => {
    const asked = JSON.parse(await text(request)) as Asked;
    heard.push({ target: request.headers['x-amz-target'], asked });
    const { status = 200, body } = answer(asked);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new ServiceQuotasClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
  return { heard, client };
}

const quotas: Record<string, [name: string, value: number]> = {
  lambda: ['Concurrent executions', 10],
  kms: ['Cryptographic operations (ECC) request rate', 300],
  states: ['StartExecution throttle token refill rate per second', 300],
};
const booth = (maximumConcurrency: number) => ({
  isLocal: false,
  settings: { payer: { maximumConcurrency, timeoutSeconds: 60, quoteSeconds: 0 } },
});

test('what the account may use is read page by page, and compared with what the settings can use', async () => {
  const { heard, client } = await serviceThat(({ ServiceCode = '', NextToken }) => {
    const [QuotaName, Value] = quotas[ServiceCode] ?? [];
    return NextToken === undefined
      ? {
          body: {
            Quotas: [{ QuotaName: 'Another', Value: 1 }, { QuotaName: 'Of no number' }],
            NextToken: 'two',
          },
        }
      : { body: { Quotas: [{ QuotaName, Value }] } };
  });
  const looks = await quotaLooks(booth(10), (service) => quotasOf(service, client));
  expect(looks).toEqual([
    {
      name: 'quotas',
      says: expect.stringContaining('up to 25 Lambda executions at once, and 10 are allowed'),
    },
    {
      name: 'quotas',
      isReady: true,
      says: '300 KMS signatures a second are allowed, 100 at the most are used',
    },
    {
      name: 'quotas',
      isReady: true,
      says: '300 workflows begun a second are allowed, 50 at the most are used',
    },
  ]);
  expect(heard.map(({ target }) => target)).toContain('ServiceQuotasV20190624.ListServiceQuotas');
  expect(heard).toHaveLength(6);
  const [, kms] = await quotaLooks(booth(100), (service) => quotasOf(service, client));
  expect(kms).toEqual({
    name: 'quotas',
    says: expect.stringContaining('1000 KMS signatures a second, and 300'),
  });
});

test('whoever may not ask is told what is needed, and nothing stands in the way', async () => {
  const { client } = await serviceThat(() => ({
    status: 400,
    body: { __type: 'AccessDeniedException', message: 'not authorized' },
  }));
  const looks = await quotaLooks(booth(10), (service) => quotasOf(service, client));
  expect(looks).toHaveLength(3);
  for (const { isReady, says } of looks) {
    expect(isReady).toBeUndefined();
    expect(says).toMatch(/\(AccessDeniedException\): servicequotas:ListServiceQuotas is needed/);
  }
});

test('a quota that AWS does not name is said to be unknown', async () => {
  const { client } = await serviceThat(() => ({ body: { Quotas: [] } }));
  const [look] = await quotaLooks(booth(10), (service) => quotasOf(service, client));
  expect(look).toEqual({
    name: 'quotas',
    says: expect.stringContaining('tells of no quota "Concurrent executions"'),
  });
});

test('the local world has none', async () => {
  expect(await quotaLooks({ ...booth(10), isLocal: true })).toEqual([
    { name: 'quotas', isReady: true, says: 'there are none on this machine' },
  ]);
});
