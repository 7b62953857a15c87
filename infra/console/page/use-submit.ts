import { useRef, useState } from 'preact/hooks';
import type { Accepted } from '../../../shared/contracts/http.ts';
import { call, Refusal, wordsOf } from './call.ts';

export interface Order {
  readonly model: string;
  readonly request: Readonly<Record<string, unknown>>;
}

/** What a click on "Generate" came to. */
export type Submitting =
  | { readonly state: 'ready' }
  | { readonly state: 'sending' }
  | { readonly state: 'refused'; readonly message: string; readonly fields: Refusal['fields'] }
  /** It may have been taken: it can be asked again under its key, and is bought once. */
  | { readonly state: 'unanswered'; readonly message: string };

/** The second click of a double one is no second order of the same, however fast the booth is. */
const hastyMilliseconds = 700;

/** What the person wants; a seed that was drawn is not of their choosing. */
const wishOf = ({ model, request: { seed: _drawn, ...request } }: Order): string =>
  JSON.stringify([model, request]);

/**
 * Sends orders, each under a key of its own, one at a time: a second click while one is under way does nothing, and an
 * order whose answer was lost is sent again as the same one.
 */
export function useSubmit(taken: (accepted: Accepted, order: Order) => void) {
  const [submitting, setSubmitting] = useState<Submitting>({ state: 'ready' });
  const isSending = useRef(false);
  const last = useRef({ wish: '', at: 0 });
  const open = useRef<Order & { readonly key: string }>(undefined);

  async function send(order: Order & { readonly key: string }): Promise<void> {
    const now = performance.now();
    const wish = wishOf(order);
    if (isSending.current || (wish === last.current.wish && now - last.current.at < hastyMilliseconds))
      return;
    isSending.current = true;
    last.current = { wish, at: now };
    open.current = order;
    setSubmitting({ state: 'sending' });
    try {
      const accepted = await call<Accepted>(`/api/generate/${order.model}`, {
        method: 'POST',
        body: order.request,
        headers: { 'idempotency-key': order.key },
      });
      setSubmitting({ state: 'ready' });
      taken(accepted, order);
    } catch (error) {
      const message = wordsOf(error);
      setSubmitting(
        error instanceof Refusal && !error.isUnanswered
          ? { state: 'refused', message, fields: error.fields }
          : { state: 'unanswered', message },
      );
    } finally {
      isSending.current = false;
    }
  }

  return {
    submitting,
    submit: (order: Order) => send({ ...order, key: crypto.randomUUID() }),
    /** Sends the one whose answer was lost. */
    sendAgain: () => (open.current ? send(open.current) : Promise.resolve()),
    dismiss: () => setSubmitting({ state: 'ready' }),
  };
}
