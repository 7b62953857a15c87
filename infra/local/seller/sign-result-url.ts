import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Links to results that work without signing in, for a while. */
export interface ResultUrls {
  /** @param lifeSeconds from now; below zero gives a link that is already dead. */
  sign(file: string, lifeSeconds?: number): string;
  /** @returns true while the link is whole and alive. */
  check(file: string, expires: string | undefined, signature: string | undefined): boolean;
}

export interface ResultUrlOptions {
  origin: string;
  /** Milliseconds since 1970. */
  clock: () => number;
  resultUrlSeconds: number;
}

/** Signs with a key that lives as long as the seller. */
export function createResultUrls({ origin, clock, resultUrlSeconds }: ResultUrlOptions): ResultUrls {
  const key = randomBytes(32);
  const seal = (file: string, expires: string): Buffer =>
    createHmac('sha256', key).update(`${file}\n${expires}`).digest();
  return {
    sign(file, lifeSeconds = resultUrlSeconds) {
      const expires = String(Math.floor(clock() / 1000 + lifeSeconds));
      return `${origin}/results/${file}?expires=${expires}&signature=${seal(file, expires).toString('hex')}`;
    },
    check(file, expires = '', signature = '') {
      const given = Buffer.from(signature, 'hex');
      const wanted = seal(file, expires);
      return (
        given.length === wanted.length && timingSafeEqual(given, wanted) && clock() < Number(expires) * 1000
      );
    },
  };
}
