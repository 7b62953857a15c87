import { useEffect, useState } from 'preact/hooks';
import type { Quoted } from '../../../shared/contracts/http-offers.ts';
import { call, Refusal, wordsOf } from './call.ts';

export type Price =
  | { readonly state: 'none' }
  /** The one before is shown until the new one is there. */
  | { readonly state: 'asking'; readonly before?: Quoted | undefined }
  | { readonly state: 'known'; readonly quote: Quoted }
  | { readonly state: 'wrong'; readonly message: string; readonly fields: Refusal['fields'] };

const restMilliseconds = 350;

/**
 * The live price of a request: asked when the person has stopped changing it for a moment.
 * @param request undefined while there is nothing to ask about
 */
export function useQuote(model: string, request: Readonly<Record<string, unknown>> | undefined): Price {
  const [price, setPrice] = useState<Price>({ state: 'none' });
  const text = request && JSON.stringify({ ...request, model });

  useEffect(() => {
    if (text === undefined) return setPrice({ state: 'none' });
    const giveUp = new AbortController();
    setPrice((last) => ({ state: 'asking', before: last.state === 'known' ? last.quote : before(last) }));
    const timer = window.setTimeout(async () => {
      try {
        const body = JSON.parse(text) as object;
        const quote = await call<Quoted>('/api/quote', { method: 'POST', body, signal: giveUp.signal });
        setPrice({ state: 'known', quote });
      } catch (error) {
        if (giveUp.signal.aborted) return;
        const fields = error instanceof Refusal ? error.fields : [];
        setPrice({ state: 'wrong', message: wordsOf(error), fields });
      }
    }, restMilliseconds);
    return () => {
      window.clearTimeout(timer);
      giveUp.abort();
    };
  }, [text]);
  return price;
}

const before = (price: Price): Quoted | undefined => (price.state === 'asking' ? price.before : undefined);
