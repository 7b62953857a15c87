import type { Hex } from 'viem';
import type { Authorization } from '../../../../shared/core/authorization.ts';
import type { Stage } from './executions.ts';
import { cancel, receive, sign, transfer, transferInParts, withHighS } from './token-calls.ts';

/** Plays one course of events; returns what should have left the payer's wallet. */
type Scenario = (stage: Stage, wrong: (line: string) => void) => Promise<bigint>;

const paid = ({ value }: Authorization): bigint => BigInt(value);

/** Expects each call of one block to take effect or not. */
async function expectBlock(
  { still }: Stage,
  wrong: (line: string) => void,
  calls: readonly (readonly [what: string, data: Hex, takesEffect: boolean])[],
  atSecond?: number,
): Promise<void> {
  const effects = await still.block(
    calls.map(([, data]) => data),
    atSecond,
  );
  for (const [index, [what, , takesEffect]] of calls.entries())
    if (effects[index] !== takesEffect) wrong(`${what} ${takesEffect ? 'has no' : 'takes'} effect`);
}

const either = ({ chance }: Stage) => chance.pick([transfer, transferInParts]);

const paysOnce: Scenario = async (stage, wrong) => {
  const signed = await sign(stage.payer, stage.authorization);
  await expectBlock(stage, wrong, [
    ['the transfer', either(stage)(signed), true],
    ['its replay in the same block', either(stage)(signed), false],
  ]);
  await expectBlock(stage, wrong, [['its replay in the next block', either(stage)(signed), false]]);
  if (!(await stage.still.isUsed(stage.payer.address, stage.authorization.nonce as Hex)))
    wrong('the nonce is not used');
  return paid(stage.authorization);
};

/** A lost database, a restored backup, a moved price: signed anew under the purchase's own nonce. */
const otherValuesUnderOneNonce: Scenario = async (stage, wrong) => {
  const { authorization, chance, payer } = stage;
  const changes: Partial<Authorization>[] = [
    { value: String(chance.between(1_000_001, 2_000_000)) },
    { to: chance.hex(20) },
    { validBefore: authorization.validBefore + 60 },
  ];
  const signed = await sign(payer, authorization);
  const again = await sign(payer, { ...authorization, ...chance.pick(changes) });
  const [first, second] = chance.odds(0.5) ? [signed, again] : [again, signed];
  await expectBlock(stage, wrong, [
    ['the first settlement', either(stage)(first), true],
    ['a second one under the same nonce', either(stage)(second), false],
  ]);
  return paid(first.authorization);
};

const cancelRace: Scenario = async (stage, wrong) => {
  const { authorization, payer, chance } = stage;
  const pay = either(stage)(await sign(payer, authorization));
  const stop = await cancel(payer, authorization);
  const paysFirst = chance.odds(0.5);
  await expectBlock(
    stage,
    wrong,
    paysFirst
      ? [
          ['the transfer', pay, true],
          ['the cancellation behind it', stop, false],
        ]
      : [
          ['the cancellation', stop, true],
          ['the transfer behind it', pay, false],
        ],
  );
  await expectBlock(stage, wrong, [['a transfer after all', pay, false]]);
  if (!(await stage.still.isUsed(payer.address, authorization.nonce as Hex)))
    wrong('the nonce is neither used nor cancelled');
  return paysFirst ? paid(authorization) : 0n;
};

/** The bounds are strict on both sides (EIP-3009): block time > validAfter, and < validBefore. */
const windowEdges: Scenario = async (stage, wrong) => {
  const { authorization, chance, payer, now } = stage;
  const at = now + chance.between(1, 20);
  const [change, isOpen] = chance.pick<[Partial<Authorization>, boolean]>([
    [{ validAfter: at }, false],
    [{ validAfter: at - 1 }, true],
    [{ validAfter: at + 1 }, false],
    [{ validBefore: at }, false],
    [{ validBefore: at + 1 }, true],
    [{ validBefore: at - 1 }, false],
  ]);
  const signed = await sign(payer, { ...authorization, ...change });
  const what = `a transfer at ${at} with ${JSON.stringify(change)}`;
  await expectBlock(stage, wrong, [[what, either(stage)(signed), isOpen]], at);
  return isOpen ? paid(authorization) : 0n;
};

const highS: Scenario = async (stage, wrong) => {
  const signed = await sign(stage.payer, stage.authorization);
  const high = { ...signed, signature: withHighS(signed.signature) };
  await expectBlock(stage, wrong, [
    ['a high s', either(stage)(high), false],
    ['the canonical one', either(stage)(signed), true],
  ]);
  return paid(stage.authorization);
};

const otherDomain: Scenario = async (stage, wrong) => {
  const { authorization, chance, payer } = stage;
  const change = chance.pick<Partial<Authorization>>([
    { name: 'USDC' },
    { name: 'USD coin' },
    { version: '1' },
    { network: 'eip155:8453' },
    { network: 'eip155:84532' },
    { asset: chance.hex(20) },
  ]);
  const elsewhere = await sign(payer, { ...authorization, ...change });
  const call = either(stage)({ ...elsewhere, authorization });
  await expectBlock(stage, wrong, [[`a signature for ${JSON.stringify(change)}`, call, false]]);
  return 0n;
};

/** Whoever holds a signature can submit it, and can change nothing about it. */
const changedAfterwards: Scenario = async (stage, wrong) => {
  const { authorization, chance, payer, stranger } = stage;
  const signed = await sign(payer, authorization);
  const change = chance.pick<Partial<Authorization>>([
    { to: stranger.address },
    { value: String(BigInt(authorization.value) + 1n) },
    { validBefore: authorization.validBefore + 1 },
    { validAfter: authorization.validAfter - 1 },
    { nonce: chance.hex(32) },
    { from: stranger.address },
  ]);
  const forged = { ...signed, authorization: { ...authorization, ...change } };
  const byStranger = await sign(stranger, authorization);
  await expectBlock(stage, wrong, [
    [`a transfer changed by ${JSON.stringify(change)}`, either(stage)(forged), false],
    ['one signed by a stranger', either(stage)(byStranger), false],
    ['a transfer taken for a receipt', receive(signed), false],
    ['the transfer itself', either(stage)(signed), true],
  ]);
  return paid(authorization);
};

/** A second generation is another payment: what forbids it is the ledger, not the token. */
const twoNonces: Scenario = async (stage, wrong) => {
  const { authorization, chance, payer } = stage;
  const second = { ...authorization, nonce: chance.hex(32) };
  await expectBlock(stage, wrong, [
    ['one generation', either(stage)(await sign(payer, authorization)), true],
    ['another', either(stage)(await sign(payer, second)), true],
  ]);
  return 2n * paid(authorization);
};

export const scenarios: readonly (readonly [what: string, Scenario])[] = [
  ['pays once', paysOnce],
  ['other values under one nonce', otherValuesUnderOneNonce],
  ['cancellation race', cancelRace],
  ['edges of the window', windowEdges],
  ['high s', highS],
  ['another domain', otherDomain],
  ['changed afterwards', changedAfterwards],
  ['edges of the window', windowEdges],
  ['other values under one nonce', otherValuesUnderOneNonce],
  ['two nonces are two payments', twoNonces],
];
