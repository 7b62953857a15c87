import type { Settings } from '../cloud/settings.ts';
import type { Look } from './doctor.ts';

/** What one setting needs of one quota at the most; requests are those of a second. */
interface Need {
  readonly service: string;
  readonly quota: string;
  readonly called: string;
  readonly most: number;
}

/** A payer takes so many jobs at once. */
const jobsAtOnce = 5;

/** By the settings alone: payers at their full number, as many polls beside them, and the doors. */
const needsOf = ({ payer: { maximumConcurrency: payers } }: Pick<Settings, 'payer'>): readonly Need[] => [
  {
    service: 'lambda',
    quota: 'Concurrent executions',
    called: 'Lambda executions at once',
    most: 2 * payers + 5,
  },
  {
    service: 'kms',
    quota: 'Cryptographic operations (ECC) request rate',
    called: 'KMS signatures a second',
    // A payment, and a sign-in for a look at it.
    most: 2 * jobsAtOnce * payers,
  },
  {
    service: 'states',
    quota: 'StartExecution throttle token refill rate per second',
    called: 'workflows begun a second',
    most: jobsAtOnce * payers,
  },
];

/**
 * Compares what the settings can use at the most with what AWS allows the account. Too little stops nobody's first
 * picture: what is throttled is tried again. So it is said, and stands in no way.
 * @param ask as `quotasOf`; by default it is, and is loaded only then
 */
export async function quotaLooks(
  { isLocal, settings }: { readonly isLocal: boolean; readonly settings: Pick<Settings, 'payer'> },
  ask?: (service: string) => Promise<ReadonlyMap<string, number>>,
): Promise<readonly Look[]> {
  if (isLocal) return [{ name: 'quotas', isReady: true, says: 'there are none on this machine' }];
  const asking = ask ?? (await import('../../shared/aws/service-quotas.ts')).quotasOf;
  return Promise.all(
    needsOf(settings).map(async (need): Promise<Look> => {
      const known = await asking(need.service).catch((error: Error) => error);
      return known instanceof Error ? unknownLook(need, known.name) : lookAt(need, known.get(need.quota));
    }),
  );
}

function lookAt({ service, quota, called, most }: Need, allowed: number | undefined): Look {
  const upTo = `payer.maximumConcurrency can use up to ${most} ${called}`;
  if (allowed === undefined)
    return { name: 'quotas', says: `${upTo}; AWS tells of no quota "${quota}" of ${service} here` };
  if (allowed >= most)
    return {
      name: 'quotas',
      isReady: true,
      says: `${allowed} ${called} are allowed, ${most} at the most are used`,
    };
  return {
    name: 'quotas',
    says: `${upTo}, and ${allowed} are allowed: ask AWS for more ("${quota}" of ${service}), or lower it`,
  };
}

const unknownLook = ({ service, quota, called, most }: Need, error: string): Look => ({
  name: 'quotas',
  says:
    `payer.maximumConcurrency can use up to ${most} ${called}; what is allowed could not be asked (${error}): ` +
    `servicequotas:ListServiceQuotas is needed, or look at "${quota}" of ${service} in the console of Service Quotas`,
});
