/** Where a request is. `job-made` comes before `settled`: the seller works first and takes the money after. */
export type Phase = 'received' | 'verified' | 'job-made' | 'settled' | 'answered';

export interface RequestEvent {
  /** The X-Request-ID that the answer carries. */
  requestId: string;
  method: string;
  path: string;
  /** True when it brought a payment, good or bad. */
  paid: boolean;
  phase: Phase;
  /** With `answered`: the HTTP status, or 0 when the connection was cut instead. */
  status?: number;
}

/** Awaited: the request goes on when it resolves, so a test can stop the world at a precise moment. */
export type RequestListener = (event: RequestEvent) => void | Promise<void>;

export interface Observers {
  /** @returns the way to stop listening. */
  add(listener: RequestListener): () => void;
  /** Tells all listeners, in turn. */
  tell(event: RequestEvent): Promise<void>;
}

export function createObservers(): Observers {
  const listeners = new Set<RequestListener>();
  return {
    add(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async tell(event) {
      for (const listener of listeners) await listener(event);
    },
  };
}
