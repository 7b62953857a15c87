import { getAddress, hashTypedData } from 'viem';
import { type Authorization, freezeAuthorization } from '../../../../shared/core/authorization.ts';
import { typedDataOf } from '../../../../shared/protocol/eip3009.ts';
import type { Proving } from '../../suite.ts';
import { type Chance, chanceFrom } from '../chance.ts';
import type { Tally } from '../tally.ts';
import { encodeDigest } from './encode-digest.ts';

const names = ['USD Coin', 'USDC', 'Bridged USDC', 'É — 🪁', 'x'.repeat(64), '"\\\u0000', ' '];

/** As settings may write an address: checksummed, or in small letters (`infra/cloud/settings.ts`). */
const drawAddress = (chance: Chance): string => {
  const hex = chance.hex(20);
  return chance.odds(0.5) ? hex : getAddress(hex);
};

/** An authorization of any chain, token, amount and time that the settings allow. */
function drawAuthorization(chance: Chance): Authorization {
  const network = `eip155:${chance.pick([1, 8453, 84532, 31337, 2 ** 31, 10 ** 15 - 1, chance.between(1, 10 ** 9)])}`;
  const asset = {
    network,
    asset: drawAddress(chance),
    name: chance.pick(names),
    version: chance.pick(['1', '2', '10', 'v2.2']),
    decimals: 6,
  };
  return freezeAuthorization({
    asset,
    from: drawAddress(chance),
    payTo: drawAddress(chance),
    amountAtomic: chance.pick(['1', '20000', '9999999999', String(chance.between(1, 9_999_999_999))]),
    maxTimeoutSeconds: chance.between(30, 1000),
    nonce: chance.hex(32),
    nowSeconds: chance.between(600, 2 ** 33),
  });
}

/** Encodes so many authorizations twice: by the code that signs, and by hand. */
export async function proveDigests(
  { seed, progress }: Omit<Proving, 'size'>,
  tally: Tally,
  digests: number,
): Promise<void> {
  for (let index = 0; index < digests; index += 1) {
    const name = `digest ${index} of seed ${seed}`;
    await tally.each(name, () => {
      const authorization = drawAuthorization(chanceFrom(seed, 'digest', index));
      const signed = hashTypedData(typedDataOf(authorization));
      if (signed !== encodeDigest(authorization))
        tally.breach(`${name}: the encoders differ on ${JSON.stringify(authorization)}`);
      tally.count('digests');
    });
    if (index % 500 === 0) progress(index, digests);
  }
}
