import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { newWindows, type Windows } from './windows.ts';

const channel = 'http.server.request.start';
const payloadSchema = z.union([
  z.object({ payload: z.object({ signature: z.string() }) }).transform(({ payload }) => payload.signature),
  z.object({ signature: z.string() }).transform(({ signature }) => signature),
]);

/** What only the one it was sent to may know, as it arrived there. */
export interface Overheard {
  /** r and s of every signature that left, of payments and of sign-ins. */
  readonly signatures: Windows;
  /** Values that are secret as they are: sign-in headers, tokens to upload with. */
  readonly values: Set<string>;
  readonly seen: { payments: number; signIns: number; tokens: number };
  /** Adds a payment header that was stored, whether it was sent or not. */
  addPayment(header: string): void;
  stop(): void;
}

/** Listens at the doors of every server in this process: seller, blob host and the emulated AWS are among them. */
export function overhear(): Overheard {
  const signatures = newWindows();
  const values = new Set<string>();
  const seen = { payments: 0, signIns: 0, tokens: 0 };

  function keep(header: string): void {
    const parsed = payloadSchema.safeParse(JSON.parse(Buffer.from(header, 'base64').toString('utf8')));
    const bytes = Buffer.from((parsed.data ?? '').slice(2), 'hex');
    if (bytes.length !== 65) throw new Error('A header of ours carries no signature of 65 bytes.');
    signatures.add(bytes.subarray(0, 32));
    signatures.add(bytes.subarray(32, 64));
  }

  const listen = (message: unknown): void => {
    const { headers } = (message as { request: IncomingMessage }).request;
    const [payment, signIn] = [headers['payment-signature'], headers['sign-in-with-x']];
    if (typeof payment === 'string') {
      seen.payments += 1;
      keep(payment);
    }
    if (typeof signIn === 'string') {
      seen.signIns += 1;
      keep(signIn);
      values.add(signIn);
    }
    const [, token] = /^Bearer (.{16,})$/.exec(headers.authorization ?? '') ?? [];
    if (token !== undefined) {
      seen.tokens += 1;
      values.add(token);
    }
  };
  subscribe(channel, listen);
  return { signatures, values, seen, addPayment: keep, stop: () => void unsubscribe(channel, listen) };
}
