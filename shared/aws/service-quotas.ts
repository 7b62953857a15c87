import { paginateListServiceQuotas, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';

/** What the account and region are allowed of one thing, as Service Quotas says. */
export type Quotas = ReadonlyMap<string, number>;

const patienceMilliseconds = 10_000;

/** For whoever only asks: twice, and not for long. */
const quickClient = (): ServiceQuotasClient => new ServiceQuotasClient({ maxAttempts: 2 });

/**
 * Asks what an account may use of a service, by the quotas' own names.
 * @param service as Service Quotas calls it, such as `lambda`
 * @returns the value of each quota that has one
 * @throws Error of the SDK when it may not be asked (`servicequotas:ListServiceQuotas`), or does not answer
 */
export async function quotasOf(service: string, client = quickClient()): Promise<Quotas> {
  const abortSignal = AbortSignal.timeout(patienceMilliseconds);
  const found = new Map<string, number>();
  for await (const { Quotas: page = [] } of paginateListServiceQuotas(
    { client, pageSize: 100 },
    { ServiceCode: service },
    { abortSignal },
  ))
    for (const { QuotaName, Value } of page)
      if (QuotaName !== undefined && Value !== undefined) found.set(QuotaName, Value);
  return found;
}
