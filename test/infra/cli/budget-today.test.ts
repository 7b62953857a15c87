import { expect, test } from 'vitest';
import { budgetToday } from '../../../infra/cli/budget-today.ts';
import type { Deployment } from '../../../infra/cli/deployment.ts';
import { limitsSchema } from '../../../shared/core/budget.ts';
import { policy } from '../../core/offers.ts';

const wallet = '0x00000000000000000000000000000000000000aa';
const payee = '0x00000000000000000000000000000000000000bb';

/** The budgets of a booth of which nothing was bought yet. */
const labelsOf = async (seller: typeof policy) => {
  const { today } = await budgetToday({
    control: {
      readLimits: async () => undefined,
      readSigning: async () => undefined,
      readSwitches: async () => [],
      readBudget: async () => undefined,
      readExposure: async () => undefined,
    },
    limits: limitsSchema.parse({ total: 25_000_000 }),
    settings: { seller },
    wallet,
  } as unknown as Deployment);
  return today.map(({ scope, of }) => (of === undefined ? scope : `${scope} ${of}`));
};

test('budgets of one payee and token are called by their kind', async () => {
  const { payees, assets } = policy;
  expect(await labelsOf({ ...policy, payees: payees.slice(0, 1), assets: assets.slice(0, 1) })).toEqual([
    'total',
    'wallet',
    'exposure',
    'exposure-usd',
  ]);
});

test('of several payees and tokens, no two budgets are called the same', async () => {
  const [asset] = policy.assets;
  if (!asset) throw new Error('The policy pays with something.');
  const [first = ''] = policy.payees;
  const labels = await labelsOf({
    ...policy,
    payees: [first, payee],
    assets: [asset, { ...asset, network: 'eip155:84532' }],
  });
  expect(labels).toContain(`exposure ${payee}`);
  expect(labels).toContain(`wallet ${asset.asset} on eip155:84532`);
  expect(new Set(labels).size).toBe(labels.length);
});
