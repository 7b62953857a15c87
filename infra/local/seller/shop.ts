import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { FaultMenu } from './faults.ts';
import type { Gallery } from './gallery.ts';
import type { JobBook } from './job-book.ts';
import type { Terms } from './make-challenge.ts';
import type { SignInDesk } from './sign-in-desk.ts';
import type { ResultUrls } from './sign-result-url.ts';
import type { TempoTill } from './tempo-till.ts';
import type { Till } from './till.ts';
import type { BlobStore } from './upload/blob-store.ts';
import type { UploadBook } from './upload/upload-book.ts';
import type { Phase } from './watch-requests.ts';

/** What every route of the seller works with. */
export interface Shop {
  terms: Terms;
  till: Till;
  /** Where it is paid on Tempo too. */
  tempoTill?: TempoTill;
  jobs: JobBook;
  gallery: Gallery;
  uploads: UploadBook;
  blobs: BlobStore;
  faults: FaultMenu;
  signIn: SignInDesk;
  resultUrls: ResultUrls;
  /** What was answered to settled payments, by their payment identifiers. */
  answers: Map<string, Parameters<typeof Response.json>>;
}

/** Hono's types for this server: the Node socket, and the way to tell observers how far the request is. */
export interface ShopEnv {
  Bindings: HttpBindings;
  Variables: { tell: (phase: Phase) => Promise<void> };
}

export type ShopContext = Context<ShopEnv>;

/** The request's URL by the public origin, whatever name the caller reached us by. */
export function publicUrl(c: ShopContext, { terms }: Pick<Shop, 'terms'>): string {
  const { pathname, search } = new URL(c.req.url);
  return `${terms.origin}${pathname}${search}`;
}

/** Cuts the connection. What is returned has nobody left to read it. */
export function hangUp(c: ShopContext): Response {
  c.env.incoming.socket.destroy();
  return new Response(null, { status: 500 });
}
