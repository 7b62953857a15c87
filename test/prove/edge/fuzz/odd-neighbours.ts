import type { Chance } from '../chance.ts';
import { challenge, good, type Json, type JsonObject, without } from './challenge-parts.ts';

type Kind = (chance: Chance) => JsonObject;

const versionOne: JsonObject = {
  ...without(good, 'amount', 'extra'),
  network: 'base',
  maxAmountRequired: '30000',
  resource: 'https://seller.test/',
  description: '',
  mimeType: null,
};
const strange: readonly Json[] = [
  ...[null, '', 'exact', 0, true, [], {}, [good], { ...good, amount: 30_000 }, { ...good, asset: null }],
  ...[{ ...good, extra: 'USD Coin' }, { ...good, maxTimeoutSeconds: '300' }, without(good, 'payTo')],
];

/** A payable option somewhere among others. */
const among = (chance: Chance, others: readonly Json[], payable: Json = good): readonly Json[] => {
  const at = chance.below(others.length + 1);
  return [...others.slice(0, at), payable, ...others.slice(at)];
};
const some = (chance: Chance, most: number): readonly Json[] =>
  Array.from({ length: chance.between(1, most) }, () => chance.pick(strange));
const identified = (chance: Chance, advertised: Json): JsonObject =>
  challenge(among(chance, []), { extensions: { 'payment-identifier': advertised } });

/** Challenges in which one thing is odd and a good option stands beside it, by kind. */
export const oddNeighbours: Readonly<Record<string, Kind>> = {
  'null extra': (chance) => challenge(among(chance, [{ ...good, extra: chance.pick([null, '']) }])),
  'null in extra': (chance) =>
    challenge(
      among(chance, [], {
        ...good,
        extra: { ...(good.extra as JsonObject), assetTransferMethod: chance.pick([null, '']), note: null },
      }),
    ),
  'null around': (chance) =>
    challenge([good], {
      error: null,
      extensions: chance.pick([null, '']),
      [chance.pick(['note', 'v'])]: null,
    }),
  'version 1 entry': (chance) => challenge(among(chance, [versionOne])),
  'strange entry': (chance) => challenge(among(chance, some(chance, 6))),
  'past the twentieth': (chance) =>
    challenge([...Array.from({ length: chance.between(20, 99) }, () => chance.pick(strange)), good]),
  'identifier optional': (chance) => identified(chance, { info: { required: false }, schema: {} }),
  'identifier required': (chance) => identified(chance, { info: { required: true }, schema: {} }),
  'identifier malformed': (chance) =>
    identified(
      chance,
      chance.pick<Json>([null, 'yes', [], {}, { info: null }, { info: { required: null } }]),
    ),
  'identifier out of reach': (chance) =>
    identified(chance, chance.pick<Json>([{ required: true }, { info: { required: 'true' } }])),
};

/** One of them, and its name. */
export function drawOddNeighbours(chance: Chance): { kind: string; value: JsonObject } {
  const [kind, make] = chance.pick(Object.entries(oddNeighbours));
  return { kind, value: make(chance) };
}
