import { describe, expect, test } from 'vitest';
import { type FunctionName, readEnvironment } from '../../shared/contracts/environment.ts';
import { policy } from '../core/offers.ts';
import { timings } from '../functions/jobs.ts';

const whole = {
  TABLE_NAME: 'table',
  QUEUE_URL: 'https://sqs.test/1/payments',
  KEY_ID: 'key',
  EARLIER_KEY_IDS: '["older"]',
  DEPLOYMENT: 'deployment',
  WORKFLOW_ARNS:
    '{"express":"arn:aws:states:eu-west-1:1:stateMachine:x","standard":"arn:aws:states:eu-west-1:1:stateMachine:y"}',
  EVENT_BUS_NAME: 'bus',
  BUCKET_NAME: 'pictures',
  INBOX_NAME: 'inbox',
  ARRIVALS_ARN: 'arn:aws:sqs:eu-west-1:1:arrivals',
  MANIFEST_QUEUE_URL: 'https://sqs.test/1/manifests',
  CEILING_ATOMIC: '100000000',
  REFERENCE_BUCKETS: '[]',
  LIMITS: '{"total":1}',
  CHAINS: '{}',
  TREASURY: '{}',
  QUOTE_SECONDS: '0',
  SELLER: JSON.stringify(policy),
  TIMINGS: '{}',
  METRICS_NAMESPACE: 'Coinbooth',
};
const needs: Record<FunctionName, readonly string[]> = {
  intake: ['TABLE_NAME', 'QUEUE_URL', 'BUCKET_NAME', 'REFERENCE_BUCKETS', 'LIMITS', 'SELLER', 'TIMINGS'],
  requests: [
    ...['TABLE_NAME', 'QUEUE_URL', 'BUCKET_NAME', 'EVENT_BUS_NAME', 'REFERENCE_BUCKETS', 'SELLER', 'TIMINGS'],
  ],
  manifest: [
    ...['TABLE_NAME', 'QUEUE_URL', 'INBOX_NAME', 'ARRIVALS_ARN', 'BUCKET_NAME', 'EVENT_BUS_NAME'],
    ...['CEILING_ATOMIC', 'REFERENCE_BUCKETS', 'LIMITS', 'SELLER', 'TIMINGS'],
  ],
  payer: [
    ...[
      'TABLE_NAME',
      'QUEUE_URL',
      'KEY_ID',
      'EARLIER_KEY_IDS',
      'DEPLOYMENT',
      'WORKFLOW_ARNS',
      'EVENT_BUS_NAME',
    ],
    ...['BUCKET_NAME', 'REFERENCE_BUCKETS', 'LIMITS', 'CHAINS', 'SELLER', 'TIMINGS', 'METRICS_NAMESPACE'],
    'QUOTE_SECONDS',
    'TREASURY',
  ],
  poll: [
    ...[
      'TABLE_NAME',
      'KEY_ID',
      'EARLIER_KEY_IDS',
      'EVENT_BUS_NAME',
      'BUCKET_NAME',
      'SELLER',
      'TIMINGS',
      'METRICS_NAMESPACE',
    ],
  ],
  deliver: ['TABLE_NAME', 'BUCKET_NAME', 'EVENT_BUS_NAME', 'SELLER', 'TIMINGS', 'METRICS_NAMESPACE'],
  reconciler: [
    ...[
      'TABLE_NAME',
      'QUEUE_URL',
      'KEY_ID',
      'EARLIER_KEY_IDS',
      'LIMITS',
      'CHAINS',
      'SELLER',
      'TIMINGS',
      'METRICS_NAMESPACE',
    ],
  ],
  sweeper: ['TABLE_NAME', 'QUEUE_URL', 'MANIFEST_QUEUE_URL', 'TIMINGS'],
  auditor: ['SELLER', 'METRICS_NAMESPACE'],
};
const names = Object.keys(needs) as FunctionName[];

/** What reading an environment complains of. */
function complaint(name: FunctionName, variables: Record<string, string | undefined>): string {
  try {
    readEnvironment(name, variables);
    return '';
  } catch (error) {
    expect(error).toMatchObject({ name: 'ConfigInvalid' });
    return (error as Error).message;
  }
}

describe.each(names)('the environment of %s', (name) => {
  test('is read, JSON parsed and defaults filled in', () => {
    const read = readEnvironment(name, { ...whole, PATH: '/bin' });
    expect(Object.keys(read).toSorted()).toEqual(needs[name].toSorted());
    if ('TIMINGS' in read) expect(read.TIMINGS).toEqual(timings);
    if ('SELLER' in read) expect(read.SELLER).toEqual(policy);
  });

  test('names every variable that is missing, at once', () => {
    const message = complaint(name, {});
    for (const variable of needs[name]) expect(message).toContain(variable);
  });

  test('names every variable that is empty, at once', () => {
    const message = complaint(name, Object.fromEntries(Object.keys(whole).map((key) => [key, ''])));
    for (const variable of needs[name]) expect(message).toContain(variable);
  });
});

describe('a wrong variable is named down to its field', () => {
  const seller = (change: object) => ({ SELLER: JSON.stringify({ ...policy, ...change }) });
  const [asset] = policy.assets;
  test.each([
    ['timings that are no JSON', { TIMINGS: '{stall: 60}' }, ['TIMINGS']],
    ['a timing of none', { TIMINGS: '{"stallSeconds":0}' }, ['TIMINGS.stallSeconds']],
    ['an unknown timing', { TIMINGS: '{"stallMinutes":1}' }, ['TIMINGS', 'stallMinutes']],
    ['a policy that is no JSON', { SELLER: 'https://seller.test' }, ['SELLER']],
    ['an origin with a path', seller({ origin: 'https://seller.test/api' }), ['SELLER.origin']],
    ['nobody to pay', seller({ payees: [] }), ['SELLER.payees']],
    ['a payee that is no address', seller({ payees: ['0x1'] }), ['SELLER.payees.0']],
    ['no asset', seller({ assets: [] }), ['SELLER.assets']],
    [
      'a network that is no EVM chain',
      seller({ assets: [{ ...asset, network: 'solana:5' }] }),
      ['SELLER.assets.0.network'],
    ],
    [
      'a ceiling in dollars',
      seller({ ceilingsAtomic: { 'flux-2-pro/generate': '0.03' } }),
      ['SELLER.ceilingsAtomic'],
    ],
    ['a misspelt field', seller({ payee: '0x1' }), ['SELLER', 'payee']],
    ['two things', { ...seller({ payees: [] }), TIMINGS: '[]' }, ['SELLER.payees', 'TIMINGS']],
  ])('%s', (_name, change, words) => {
    const message = complaint('payer', { ...whole, ...change });
    for (const word of words) expect(message).toContain(word);
  });

  test('and nothing that is right is named', () => {
    expect(complaint('payer', { ...whole, KEY_ID: undefined })).not.toContain('TABLE_NAME');
  });
});
