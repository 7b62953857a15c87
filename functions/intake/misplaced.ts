import { controlNames } from '../../shared/core/controls.ts';

/**
 * What belongs into a request's body, by whatever spelling: `max_price` and `X-Max-Price` mean `maxPrice`. In any other
 * place it would be dropped, and a limit or a name for the purchase with it.
 */
const bare = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^x[-_]/, '')
    .replace(/[^a-z0-9]/g, '');

/** What a request says to us, beside the model's own fields. */
export const ourNames = ['idempotencyKey', ...controlNames] as const;

/** Those of some names that mean one of `known`. */
export function misplaced(names: readonly string[], known: readonly string[] = ourNames): string[] {
  const meant = new Set(known.map(bare));
  return names.filter((name) => meant.has(bare(name)));
}
