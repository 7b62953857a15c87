import type { Random } from './random.ts';
import type { Watchdog } from './watchdog.ts';

/**
 * What an index may answer that is behind by seconds: what changed in the last quarter of a minute may be missing, or
 * still be there.
 * @param value the true answer
 */
export function staleAnswer(
  name: string,
  value: unknown,
  { watchdog, random, now }: { watchdog: Watchdog; random: Random; now: number },
): unknown {
  if (!Array.isArray(value)) return value;
  if (name === 'ledger.findSame') return value.slice(1);
  const since = now - 15_000;
  const isYoung = (id: string): boolean => {
    const { updatedAt = 0, purchase, proof } = watchdog.jobs.get(id) ?? {};
    // The row of an authorization changes with its reservation, its signature and its proof alone.
    if (name === 'ledger.openAuthorizations' && proof === undefined)
      return Math.max(purchase?.reservedAt ?? 0, purchase?.firstSentAt ?? 0) > since;
    return updatedAt > since;
  };
  const ids = (value as string[]).filter((id) => !(isYoung(id) && random.chance(0.7)));
  const others = [...watchdog.jobs.values()].filter(
    ({ jobId, purchase }) => purchase !== undefined && isYoung(jobId) && !ids.includes(jobId),
  );
  return [...ids, ...others.filter(() => random.chance(0.3)).map(({ jobId }) => jobId)];
}
