import { metrics, type Reading } from '../../shared/contracts/metrics.ts';
import { compareWithSeller, type Difference } from '../../shared/core/drift.ts';

export interface Auditor {
  /** The seller's OpenAPI document, or in words why there is none. */
  readonly describe: () => Promise<{ readonly document: unknown } | { readonly unavailable: string }>;
  readonly count: (readings: readonly Reading[]) => void;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** A log line holds so many; the command line shows them all. */
const mostLogged = 50;

/**
 * Compares the catalogue with what the seller says that it sells, and counts what differs. It buys nothing, and changes
 * nothing: what to believe is for a person to decide.
 */
export async function audit({ describe, count, warn }: Auditor): Promise<void> {
  const answer = await describe();
  const compared =
    'unavailable' in answer ? { unreadable: answer.unavailable } : compareWithSeller(answer.document);
  const isRead = !('unreadable' in compared);
  const unreadable: Reading = [metrics.catalogueUnreadable, isRead ? 0 : 1];
  // Without a reading there is no count: it is not known that nothing differs.
  count(isRead ? [unreadable, [metrics.catalogueDrift, compared.length]] : [unreadable]);
  if (!isRead) return warn('the description of the seller cannot be read', { why: compared.unreadable });
  if (compared.length > 0) warn('the seller differs from the catalogue', told(compared));
}

const told = (differences: readonly Difference[]) => ({
  total: differences.length,
  differences: differences.slice(0, mostLogged),
});
