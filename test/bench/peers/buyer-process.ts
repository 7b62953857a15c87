import type { Buyer } from './buyer.ts';
import type { Errand, Purchase, Told } from './messages.ts';

/** One buyer in a fresh process: buys once to be warm, then so many, and prints what it took. */
const [name = '', errandText = ''] = process.argv.slice(2);
const errand = JSON.parse(errandText) as Errand;
const buyer = await open(name);
const purchases: Purchase[] = [];
const bodyOf = (index: number) => ({
  prompt: 'a kite among many',
  resolution: '0.5 MP',
  seed: errand.seed + index,
});

purchases.push(await buyer.buy(bodyOf(0)));
const signedBefore = buyer.signed().signatures;
// What starting left behind is collected at nobody's expense.
globalThis.gc?.();
const cpuBefore = process.cpuUsage();
const wallBefore = performance.now();
let next = 1;
const one = async (): Promise<void> => {
  for (let index = next++; index <= errand.jobs; index = next++)
    purchases.push(await buyer.buy(bodyOf(index)));
};
await Promise.all(Array.from({ length: errand.atOnce }, one));
const { user, system } = process.cpuUsage(cpuBefore);
const signer = (buyer.standInMilliseconds?.() ?? 0) * (buyer.signed().signatures - signedBefore);
const told: Told = {
  purchases,
  cpuMilliseconds: (user + system) / 1000,
  wallMilliseconds: performance.now() - wallBefore,
  ...buyer.signed(),
  signerMilliseconds: signer,
};
process.stdout.write(`${JSON.stringify(told)}\n`);
process.exit(0);

/** Each loads its own code alone. */
async function open(which: string): Promise<Buyer> {
  if (which === 'coinbooth' || which === 'pay-first')
    return (await import('./buy-with-coinbooth.ts')).coinbooth(errand, which === 'pay-first' ? 60 : 0);
  const peers = await import('./buy-with-peers.ts');
  return which === 'mppx' ? peers.mppx(errand) : peers.x402Fetch(errand);
}
