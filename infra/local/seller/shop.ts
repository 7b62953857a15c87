import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { FaultMenu } from './faults.ts';
import type { JobBook } from './job-book.ts';
import type { Terms } from './make-challenge.ts';
import type { SignInDesk } from './sign-in-desk.ts';
import type { PictureUrls } from './sign-picture-url.ts';
import type { Till } from './till.ts';
import type { Phase } from './watch-requests.ts';

/** What every route of the seller works with. */
export interface Shop {
  terms: Terms;
  till: Till;
  jobs: JobBook;
  faults: FaultMenu;
  signIn: SignInDesk;
  pictureUrls: PictureUrls;
}

/** Hono's types for this server: the Node socket, and the way to tell observers how far the request is. */
export interface ShopEnv {
  Bindings: HttpBindings;
  Variables: { tell: (phase: Phase) => Promise<void> };
}

export type ShopContext = Context<ShopEnv>;

/** Cuts the connection. What is returned has nobody left to read it. */
export function hangUp(c: ShopContext): Response {
  c.env.incoming.socket.destroy();
  return new Response(null, { status: 500 });
}
