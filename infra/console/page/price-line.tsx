import type { Quoted } from '../../../shared/contracts/http-offers.ts';
import type { Price } from './use-quote.ts';

/** What the request costs at this moment, and what the budgets say to it. It keeps its height whatever it says. */
export function PriceLine({ price, canPrice }: { readonly price: Price; readonly canPrice: boolean }) {
  const quote = price.state === 'known' ? price.quote : price.state === 'asking' ? price.before : undefined;
  return (
    <div class="price" data-state={price.state} aria-live="polite" aria-busy={price.state === 'asking'}>
      <span class="price-amount">
        {quote
          ? quote.reusable === undefined
            ? quote.total.usd
            : '$0.00'
          : price.state === 'asking'
            ? '…'
            : '—'}
      </span>
      <span class="price-words">{wordsFor(price, quote, canPrice)}</span>
    </div>
  );
}

function wordsFor(price: Price, quote: Quoted | undefined, canPrice: boolean): string {
  if (!canPrice) return 'Its price is here once all that it needs is there.';
  if (price.state === 'wrong') return price.message;
  if (!quote) return 'Asking the seller for its price…';
  if (quote.reusable !== undefined) return 'It was made before: you get that one, for nothing.';
  if (quote.reason) return quote.reason.message;
  const uploads = quote.uploads.atMost > 0 ? ` Up to ${quote.uploads.usd} of it for files.` : '';
  const scope = quote.budget.scope === 'total' ? 'today’s budget' : `the budget of ${quote.budget.scope}`;
  return `${quote.budget.usd} left of ${scope}.${uploads}`;
}
