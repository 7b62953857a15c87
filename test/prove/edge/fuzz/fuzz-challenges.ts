import { decodePaymentSignatureHeader } from '@x402/core/http';
import { type Hex, recoverTypedDataAddress, type TypedDataDefinition } from 'viem';
import { readQuote } from '../../../../shared/seller/quote.ts';
import { type Booth, openBooth } from '../../../functions/booth.ts';
import { wallet } from '../../../functions/jobs.ts';
import type { Proving } from '../../suite.ts';
import { chanceFrom } from '../chance.ts';
import { countKinds, type Tally } from '../tally.ts';
import { judgeChallenge, type Payment } from './challenge-oracle.ts';
import { drawChallenge } from './mutate-challenge.ts';
import { oddNeighbours } from './odd-neighbours.ts';
import { page, pins } from './pins.ts';
import { watchResources } from './watch-resources.ts';

const boothOfSoMany = 500;
const plenty = 1_000_000_000_000;

/** A deployment in memory with the pins and no budget worth speaking of. */
function open(): Booth {
  const limits = { total: plenty, exposurePerPayee: plenty };
  const booth = openBooth({}, { ...pins, uploads: undefined }, { limits });
  let made = 0;
  booth.seller.pay = async (_path, _body, header) => {
    booth.seller.headers.push(header);
    made += 1;
    return { sellerJobId: `cmn${String(made).padStart(10, '0')}` };
  };
  return booth;
}

/** What was signed, in the words of the oracle. */
function paymentIn(definition: TypedDataDefinition, now: number): Payment & { primaryType: string } {
  const { domain = {}, message, primaryType } = definition;
  const { to, value, validAfter, validBefore } = message as Record<string, bigint | string>;
  if (Number(validAfter) !== now - 600) throw new Error(`validAfter is ${validAfter}`);
  return {
    chainId: Number(domain.chainId),
    contract: String(domain.verifyingContract).toLowerCase(),
    name: String(domain.name),
    version: String(domain.version),
    to: String(to).toLowerCase(),
    value: BigInt(value ?? 0),
    seconds: Number(validBefore) - now,
    primaryType,
  };
}

const same = (a: Payment, b: Payment): boolean =>
  a.chainId === b.chainId &&
  a.contract === b.contract &&
  a.name === b.name &&
  a.version === b.version &&
  a.to === b.to &&
  a.value === b.value &&
  a.seconds === b.seconds;

/** The header that left carries our signature, of what was signed, and nothing beside it. */
async function wrongHeader(header: string, definition: TypedDataDefinition): Promise<string | undefined> {
  const { payload } = decodePaymentSignatureHeader(header);
  const signature = payload.signature as Hex;
  const signer = await recoverTypedDataAddress({ ...definition, signature } as never);
  if (signer !== wallet.address) return `its signature is ${signer}'s`;
  const { authorization } = payload as { authorization: Record<string, string> };
  const message = definition.message as Record<string, bigint | string>;
  const other = Object.keys(message).find((field) => String(message[field]) !== authorization[field]);
  return other === undefined ? undefined : `its ${other} is not what was signed`;
}

/** Gives so many challenges to the payer, from the header to the signature, and compares with the oracle. */
export async function fuzzChallenges(
  { seed, progress }: Omit<Proving, 'size'>,
  tally: Tally,
  challenges: number,
): Promise<void> {
  const watch = watchResources(tally);
  const kinds = countKinds(tally, 'challenge', Object.keys(oddNeighbours));
  let booth = open();
  for (let index = 0; index < challenges; index += 1) {
    if (index % boothOfSoMany === 0) booth = open();
    const name = `challenge ${index} of seed ${seed}`;
    await tally.each(name, async () => {
      const { header, kind } = drawChallenge(index, chanceFrom(seed, 'challenge', index));
      if (kind !== undefined) kinds.hit(kind);
      const answer = {
        status: 402,
        headers: header === undefined ? {} : { 'payment-required': header },
        body: Buffer.from('{}'),
      };
      const shown = (header ?? 'no header').slice(0, 300);
      const quote = watch.timed(name, () => readQuote(answer, page, ''));
      booth.seller.quote = async () => quote;
      const verdict = judgeChallenge(header);
      booth.signatures.length = 0;
      booth.seller.headers.length = 0;
      const { jobId } = await booth.accept();
      const now = Math.floor(booth.clock.now / 1000);
      const job = await booth.pay(jobId);

      const [signed, second] = booth.signatures as TypedDataDefinition[];
      if (second || booth.seller.headers.length > 1) tally.breach(`${name}: signed or sent twice: ${shown}`);
      tally.count(signed ? 'signed' : 'refused');
      if (!signed) {
        if (verdict.payments.length > 0 && !verdict.loose)
          tally.breach(`${name}: refused what may be paid (${job.end?.reason?.message}): ${shown}`);
        if (job.status !== 'refused') tally.breach(`${name}: unsigned, and ${job.status}: ${shown}`);
        return;
      }
      const payment = paymentIn(signed, now);
      if (
        payment.primaryType !== 'TransferWithAuthorization' ||
        !verdict.payments.some((p) => same(p, payment))
      )
        tally.breach(`${name}: signed outside the oracle: to ${payment.to}, ${payment.value}: ${shown}`);
      // Recovering costs more than all the rest; what it shows is the same each time.
      if (index % 4 !== 0) return;
      const wrong = await wrongHeader(booth.seller.headers[0] ?? '', signed);
      if (wrong) tally.breach(`${name}: ${wrong}: ${shown}`);
    });
    tally.count('challenges');
    if (index % 500 === 0) {
      watch.memory();
      progress(index, challenges);
    }
  }
  watch.memory();
  kinds.expectEach(challenges);
}
