import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { check } from '../../functions/intake/check.ts';
import { type Chain, startChain } from '../../infra/local/chain/start-chain.ts';
import { type Seller, startSeller } from '../../infra/local/seller/start-seller.ts';
import { catalogue, offeringPath } from '../../shared/core/catalogue.ts';
import type { Offering } from '../../shared/core/offering.ts';
import { decodeChallenge } from '../../shared/protocol/x402.ts';
import { exchange } from '../../shared/seller/exchange.ts';
import { fieldsOf, type Request, requestsOf } from '../core/requests.ts';

/**
 * The catalogue and the sandbox were written apart, each from the seller's documents: where one takes what the other refuses, or asks
 * more than the other would pay, a buyer of the real seller is in for the same.
 */

let chain: Chain;
let sandbox: Seller;
beforeAll(async () => {
  chain = await startChain();
  sandbox = await startSeller({ chain, payTo: '0x000000000000000000000000000000000000bEEF' });
});
afterAll(async () => {
  await sandbox?.close();
  await chain?.close();
});

/** What the seller asks for a body that comes without a payment, in atomic units of the token that it settles in. */
async function quoted(name: string, body: string): Promise<bigint> {
  const answer = await exchange({
    url: sandbox.origin + offeringPath(name),
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    longestBodyBytes: 64 * 1024,
    totalMilliseconds: 15_000,
  });
  if ('failed' in answer || answer.status !== 402) throw new Error(`No quote: ${JSON.stringify(answer)}`);
  const challenge = decodeChallenge(answer.headers['payment-required']);
  if ('malformed' in challenge) throw new Error(challenge.malformed);
  const offer = challenge.accepts.find(({ network }) => network === sandbox.network);
  if (offer === undefined) throw new Error('There is no offer on the sandbox’s chain');
  return BigInt(offer.amount);
}

const intake = (name: string, request: unknown) => {
  const nothing = { read: () => Promise.resolve(undefined) };
  const library = {
    ledger: nothing,
    uploads: nothing,
    bucketName: 'pictures',
    referenceBuckets: [],
    knownOrigins: [sandbox.origin],
  };
  return check(library, 'AIDASOMEONE', name, request);
};

/** Requests without what neither side knows the form of. */
const sureRequests = (entry: Offering): fc.Arbitrary<Request> => {
  const { fields } = fieldsOf(entry);
  return requestsOf(entry, {
    // The seller's port is known only once it runs.
    media: fc.nat(9).map((number) => `${sandbox.origin}/pictures/${number}.png`),
    without: entry.loose.filter((field) => fields[field]?.type !== 'array'),
  });
};

/** The same request with one thing wrong that every entry must see. */
const spoiled = (entry: Offering, request: Request): fc.Arbitrary<Request> => {
  const { fields } = fieldsOf(entry);
  const sure = Object.keys(fields).filter((field) => !entry.loose.includes(field));
  return fc.oneof(
    fc.constant({ ...request, amount: 2 }),
    fc.constantFrom(...sure).chain((field) =>
      fc.constantFrom<unknown>(null, { of: 'another kind' }, [[]], Number.MAX_VALUE).map((value) => ({
        ...request,
        [field]: value,
      })),
    ),
  );
};

describe.each(Object.entries(catalogue))('%s', (name, entry) => {
  test('what intake takes, the seller takes too, for no more than the ceiling', async () => {
    await fc.assert(
      fc.asyncProperty(sureRequests(entry), async (request) => {
        const checked = await intake(name, request);
        if ('wrong' in checked) throw new Error(JSON.stringify(checked.wrong));
        const [ceiling, price] = [entry.ceilingAtomic(request), await quoted(name, checked.body)];
        expect(price).toBeGreaterThan(0n);
        expect(price <= ceiling, `${price} is asked, ${ceiling} would be paid`).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test('what is wrong is refused at the door; the seller would ask more than is ever paid', async () => {
    const wrongRequests = sureRequests(entry).chain((request) => spoiled(entry, request));
    await fc.assert(
      fc.asyncProperty(wrongRequests, async (request) => {
        const checked = await intake(name, request);
        expect('wrong' in checked && checked.wrong.length > 0).toBe(true);
      }),
      { numRuns: 40 },
    );
    const [, dearest] = entry.ceilingRangeAtomic;
    expect(await quoted(name, '{"prompt":7,"image":7}')).toBeGreaterThan(dearest);
  });
});
