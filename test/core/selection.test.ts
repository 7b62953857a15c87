import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PaymentRequirements, selectRequirements } from '../../shared/core/selection.ts';
import { challengeOf, offer, policy } from './offers.ts';

const select = (...accepts: PaymentRequirements[]) =>
  selectRequirements(challengeOf(...accepts), policy, 30_000n, 0);

const decoys: Record<string, PaymentRequirements> = {
  'another network': offer({ network: 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp', amount: '1' }),
  'another asset': offer({ asset: '0x2222222222222222222222222222222222222222', amount: '1' }),
  'another payee': offer({ payTo: '0x3333333333333333333333333333333333333333', amount: '1' }),
  'the zero address': offer({ payTo: '0x0000000000000000000000000000000000000000', amount: '1' }),
  'another scheme': offer({ scheme: 'upto', amount: '1' }),
  permit2: offer({ extra: { name: 'USD Coin', version: '2', assetTransferMethod: 'permit2' }, amount: '1' }),
  'a transfer method that is no word': offer({
    extra: { name: 'USD Coin', version: '2', assetTransferMethod: { toString: 1, valueOf: 1 } },
    amount: '1',
  }),
  'a transfer method that is an essay': offer({
    extra: { name: 'USD Coin', version: '2', assetTransferMethod: 'permit2 '.repeat(3000) },
    amount: '1',
  }),
  'another token name': offer({ extra: { name: 'USDC', version: '2' }, amount: '1' }),
  'no token domain': offer({ extra: undefined, amount: '1' }),
  'a window too short': offer({ maxTimeoutSeconds: 29, amount: '1' }),
  'a fractional window': offer({ maxTimeoutSeconds: 60.5, amount: '1' }),
  'a negative window': offer({ maxTimeoutSeconds: -300, amount: '1' }),
  'a hexadecimal amount': offer({ amount: '0x1' }),
  'an amount of nothing': offer({ amount: '0' }),
};

describe('a decoy is never chosen, wherever it stands', () => {
  for (const [name, decoy] of Object.entries(decoys))
    test(name, () => {
      const good = offer();
      for (const accepts of [
        [decoy, good],
        [good, decoy],
      ]) {
        const selection = select(...accepts);
        expect('selected' in selection && selection.selected).toBe(good);
      }
      const alone = select(decoy);
      expect(alone).toMatchObject({ refused: { name: 'ChallengeUnsupported' } });
      expect('refused' in alone && alone.refused.message.length).toBeLessThan(300);
    });
});

test('takes the cheapest that matches, in any order', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray(
        [offer({ amount: '20000' }), offer({ amount: '25000' }), ...Object.values(decoys)],
        { minLength: 17, maxLength: 17 },
      ),
      (accepts) => {
        expect(select(...accepts)).toMatchObject({ amountAtomic: '20000' });
      },
    ),
  );
});

test('what will be signed is ours to the letter, whatever case the seller writes in', () => {
  const selection = select(
    offer({ asset: offer().asset.toLowerCase(), payTo: offer().payTo.toUpperCase().replace('0X', '0x') }),
  );
  expect(selection).toMatchObject({ payTo: policy.payees[0], asset: policy.assets[0] });
});

test('a price above the ceiling is refused with both figures', () => {
  const selection = select(offer({ amount: '30001' }));
  expect(selection).toMatchObject({ refused: { name: 'PaymentRefused' } });
  expect('refused' in selection && selection.refused.message).toMatch(/\$0\.030001; .*\$0\.03\.$/);
});

test('an empty list of options is refused in words', () => {
  expect(select()).toMatchObject({
    refused: { name: 'ChallengeUnsupported', message: expect.stringContaining('it offers none') },
  });
});
