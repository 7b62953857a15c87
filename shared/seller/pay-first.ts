import { canonical } from '../core/canonical.ts';
import { mediaOf, offeringOf } from '../core/catalogue.ts';
import type { Challenge } from '../core/selection.ts';
import { takesOffer } from '../protocol/x402.ts';
import type { Quote } from './quote.ts';
import type { Seller } from './seller.ts';

/** What is asked for, beside its price: everything else may be priced. */
const unpriced: ReadonlySet<string> = new Set(['prompt', 'negativePrompt', 'negative_prompt', 'seed']);
const mostQuotes = 200;

/**
 * The same seller, asked for a price less often: what it asked for a request that was then paid for is taken for its
 * price of every request with the same priced fields, for so many seconds, so that a job takes one POST in the place of
 * two. All that is done with a quote is done with this one: our lists, the ceiling, the reservation and the window of the
 * authorization are of now. Where the price has changed since, the seller refuses the payment unsettled; then the quote
 * is forgotten, and the authorization stays reserved until it is proven dead, as after any other answer that is no job.
 * On Tempo a payment answers one challenge, and there is always one to be asked for: also while x402, whose turn comes first,
 * cannot be used.
 * A request that names media is always asked for: its bytes are not in the request, and may be part of the price.
 * @param seconds zero: every request is asked for
 * @param clock Unix milliseconds
 */
export function payFirst(seller: Seller, seconds: number, clock: () => number): Seller {
  if (seconds === 0) return seller;
  const asked = new Map<string, Challenge>();
  const paid = new Map<string, { readonly quote: Quote; readonly until: number }>();

  function keyOf(path: string, body: string): string | undefined {
    const entry = offeringOf(path.slice('/api/generate/'.length));
    if (!entry || mediaOf(entry, body).length > 0) return undefined;
    const priced = Object.entries(JSON.parse(body) as Record<string, unknown>).filter(
      ([field]) => !unpriced.has(field),
    );
    return `${path} ${canonical(Object.fromEntries(priced))}`;
  }

  /** Keeps the newest: who buys that many kinds of things has little use of an old quote. */
  function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
    map.delete(key);
    map.set(key, value);
    const [oldest] = map.keys();
    if (map.size > mostQuotes && oldest !== undefined) map.delete(oldest);
  }

  return {
    ...seller,
    async quote(path, body, rail = 'x402') {
      const key = keyOf(path, body);
      if (key === undefined) return seller.quote(path, body, rail);
      const known = paid.get(key);
      if (rail === 'x402' && known && known.until > clock()) return known.quote;
      const quote = await seller.quote(path, body, rail);
      // The charges of a challenge of the other rail are good for one payment.
      if ('challenge' in quote) keep(asked, key, { ...quote.challenge, charges: undefined });
      return quote;
    },
    async pay(path, body, signedHeader, totalMilliseconds, rail = 'x402') {
      const key = keyOf(path, body);
      const answer = await seller.pay(path, body, signedHeader, totalMilliseconds, rail);
      if (key === undefined) return answer;
      const challenge = asked.get(key);
      asked.delete(key);
      if ('unknown' in answer) paid.delete(key);
      // Who asked last may have been refused since, and what was paid now was reserved at another price.
      else if (challenge && rail === 'x402' && takesOffer(signedHeader, challenge))
        keep(paid, key, { quote: { challenge }, until: clock() + seconds * 1000 });
      return answer;
    },
  };
}
