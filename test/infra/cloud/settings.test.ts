import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSettings, type World } from '../../../infra/cloud/settings.ts';
import { knownOrigins, railsOf } from '../../../shared/core/policy.ts';

const { context } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../cdk.json'), 'utf8')) as {
  context: { coinbooth: { seller: Record<string, unknown> } };
};
const { seller } = context.coinbooth;

function complaintAbout(settings: unknown, world: World = 'cloud'): string {
  try {
    readSettings(settings, world);
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
}

describe('the second rail', () => {
  const tempo = {
    payees: ['0x07F067959297767c887dbfA3C72379c66E82a045'],
    assets: [
      { network: 'eip155:4217', asset: '0x20c000000000000000000000b9537d11c60e8b50', decimals: 6 },
      { network: 'eip155:4217', asset: '0x20c0000000000000000000000000000000000000', decimals: 6 },
    ],
  };
  const nodes = { 'eip155:4217': ['https://rpc.tempo.xyz', 'https://another.example'] };

  test('is off where nothing is said, and on in the order that is', () => {
    expect(railsOf(readSettings({ seller }, 'cloud').seller)).toEqual(['x402']);
    expect(railsOf(readSettings({ seller: { ...seller, tempo } }, 'cloud').seller)).toEqual(['x402']);
    const both = readSettings(
      { seller: { ...seller, tempo, rails: ['tempo', 'x402'] }, chains: nodes },
      'cloud',
    );
    expect(railsOf(both.seller)).toEqual(['tempo', 'x402']);
    expect(both.seller.tempo?.assets.map(({ feeCapAtomic }) => feeCapAtomic)).toEqual(['30000', '30000']);
  });

  test.each([
    [{ rails: ['tempo'] }, nodes, '"tempo" needs seller.tempo'],
    [{ rails: ['tempo'], tempo }, {}, 'needs nodes of its chain'],
    [{ rails: ['tempo'], tempo }, { 'eip155:4217': ['https://rpc.tempo.xyz'] }, 'two nodes'],
    [{ rails: ['tempo'], tempo: { ...tempo, payees: [] } }, nodes, 'seller.tempo.payees'],
    [
      { tempo: { ...tempo, payees: ['0x07F067959297767c887dbfA3C72379c66E82a04A'] } },
      nodes,
      'has a wrong checksum',
    ],
  ])('is not half on: %j with %j', (change, chains, complaint) => {
    expect(complaintAbout({ seller: { ...seller, ...change }, chains })).toContain(complaint);
  });
});

describe('a treasury', () => {
  const network = 'eip155:8453';
  const chains = { [network]: ['https://one.example', 'https://another.example'] };
  const mine = '0x1111111111111111111111111111111111111111';

  test('is an address of yours, by network', () => {
    expect(complaintAbout({ seller, chains, treasury: { [network]: mine } })).toBe('none');
  });

  test.each([
    [mine, 'it needs nodes of its chain', {}],
    ['0x11', 'must be a 20-byte hex address', chains],
    ['0x07F067959297767c887dbfA3C72379c66E82a04A', 'has a wrong checksum', chains],
    ['0x07F067959297767c887dbfA3C72379c66E82a045', 'is a payee of ours', chains],
    ['0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913', 'is a token contract', chains],
    [`0x${'0'.repeat(40)}`, 'is the zero address', chains],
  ])('%s is refused: %s', (address, words, nodes) => {
    const complaint = complaintAbout({ seller, chains: nodes, treasury: { [network]: address } });
    expect(complaint).toContain(`coinbooth.treasury.${network}: `);
    expect(complaint).toContain(words);
  });

  test('of a network that nothing is paid on is refused', () => {
    const nodes = { 'eip155:1': chains[network] };
    const complaint = complaintAbout({ seller, chains: nodes, treasury: { 'eip155:1': mine } });
    expect(complaint).toContain('no token of this network');
    expect(complaintAbout({ seller, treasury: { base: mine } })).toContain('coinbooth.treasury');
  });
});

describe('defaults', () => {
  test('are filled in, and only the seller has none', () => {
    const { seller: _seller, ...others } = readSettings({ seller }, 'cloud');
    expect(others).toEqual({
      name: 'Coinbooth',
      timings: {
        paymentDeadlineSeconds: 1800,
        pollingScale: 1,
        answerSeconds: 30,
        outageSeconds: 15,
        resendSeconds: 3,
        stallSeconds: 60,
        recoverySeconds: 60,
        confirmSeconds: 30,
        waitSeconds: 5,
        workflowSeconds: 240,
      },
      budgets: { total: 25_000_000, floor: 0, exposurePerPayee: 50, lossesPerHour: 3 },
      chains: {},
      references: { buckets: [] },
      manifests: { ceilingUsd: 100 },
      payer: { timeoutSeconds: 60, maximumConcurrency: 10, quoteSeconds: 0 },
      api: { requestsPerSecond: 50, burst: 100 },
      alarms: { walletBelow: 5_000_000 },
      wallet: { edition: 1, oldest: 1 },
      tracing: false,
      treasury: {},
      retention: { manifestDays: 90 },
      logRetentionDays: 30,
    });
    expect(complaintAbout({})).toContain('coinbooth.seller: ');
    expect(complaintAbout(undefined)).toContain('The settings (of cdk.json, or of the construct) are wrong');
  });

  test('give way to what is set, one by one', () => {
    const set = { seller, payer: { timeoutSeconds: 90 }, timings: { stallSeconds: 5 } };
    expect(readSettings(set, 'cloud')).toMatchObject({
      payer: { timeoutSeconds: 90, maximumConcurrency: 10 },
      timings: { stallSeconds: 5, answerSeconds: 30 },
    });
  });

  test('say of a row that is kept for some days when it may go, never sooner than its key', () => {
    const { timings } = readSettings({ seller, retention: { jobDays: 365 } }, 'cloud');
    expect(timings).toMatchObject({ keepJobSeconds: 365 * 86_400 });
    const pictures = readSettings({ seller, retention: { pictureDays: 30 } }, 'cloud').timings;
    expect([pictures.keepPictureSeconds, pictures.keepJobSeconds]).toEqual([30 * 86_400, undefined]);
    expect(complaintAbout({ seller, retention: { jobDays: 7 } })).toContain('coinbooth.retention.jobDays');
  });

  test('are what the repository ships, as it is', () => {
    expect(complaintAbout(context.coinbooth)).toBe('none');
  });
});

describe('origins', () => {
  const insecure = [
    'http://stablestudio.dev',
    'http://localhost:4020',
    'https://localhost',
    'https://localhost.',
    'https://booth.localhost:4020',
    'https://127.0.0.1',
    'https://127.8.9.10:8443',
    'https://0.0.0.0',
    'https://[::1]:4020',
    'https://[::]',
    'https://[::ffff:7f00:1]',
  ];

  test.each(insecure)('%s is refused in the cloud and accepted on one machine', (origin) => {
    const asSeller = { seller: { ...seller, origin } };
    const asHost = { seller: { ...seller, pictureOrigins: ['https://stablestudio.dev', origin] } };
    const asIssuer = { seller, api: { jwt: { issuer: origin, audience: ['x'] } } };
    for (const [name, settings] of Object.entries({
      'seller.origin': asSeller,
      'seller.pictureOrigins': asHost,
      'api.jwt.issuer': asIssuer,
    })) {
      expect(complaintAbout(settings)).toContain(`coinbooth.${name}: ${origin} is http or loopback`);
      expect(complaintAbout(settings, 'local')).toBe('none');
    }
  });

  test('an address with a letter mistyped is refused before it fails at the first signature', () => {
    const payees = ['0x07f067959297767c887dbfA3C72379c66E82a045'];
    expect(complaintAbout({ seller: { ...seller, payees } })).toContain('wrong checksum');
    const plain = payees.map((payee) => payee.toLowerCase());
    expect(complaintAbout({ seller: { ...seller, payees: plain } })).toBe('none');
  });

  test('more payees than a Lambda environment holds are refused before they are deployed', () => {
    const payees = Array.from({ length: 70 }, (_, i) => `0x${String(i).padStart(40, '0')}`);
    expect(complaintAbout({ seller: { ...seller, payees } })).toContain('too long for a Lambda environment');
  });

  test('and so are nodes and buckets that are too long to be told to the payer', () => {
    const chains = {
      'eip155:8453': Array.from({ length: 5 }, (_, i) => `https://node${i}.example.com/${'k'.repeat(480)}`),
    };
    expect(complaintAbout({ seller, chains })).toContain('too long for a Lambda environment');
    const buckets = Array.from({ length: 20 }, (_, i) => `bucket-${i}-`.padEnd(63, 'x'));
    const half = { 'eip155:8453': chains['eip155:8453'].slice(0, 3) };
    expect(complaintAbout({ seller, chains: half, references: { buckets } })).toContain('too long');
    expect(complaintAbout({ seller, chains: half })).toBe('none');
  });

  test.each([
    'https://localhost.example.com',
    'https://127.example.com',
    'https://pictures.example.com:8443',
  ])('%s is accepted in the cloud', (origin) => {
    expect(complaintAbout({ seller: { ...seller, origin } })).toBe('none');
  });

  test.each([
    'https://stablestudio.dev/',
    'https://stablestudio.dev/api',
    'stablestudio.dev',
    'https://127.1',
  ])('%s is not an exact origin, anywhere', (origin) => {
    for (const world of ['cloud', 'local'] as const)
      expect(complaintAbout({ seller: { ...seller, origin } }, world)).toContain(
        'coinbooth.seller.origin: must be an origin such as https://host, without a path',
      );
  });
});

describe('the pin of results', () => {
  test('is in no shipped settings, since the pictures lie on a host of their own', () => {
    expect(readSettings({ seller }, 'cloud').seller.pictureOrigins).toBeUndefined();
    expect(knownOrigins(readSettings({ seller }, 'cloud').seller)).toEqual([
      'https://stablestudio.dev',
      'https://vercel.com',
    ]);
  });

  test('goes on as it was deployed, where a deployment lists its origins', () => {
    const pictureOrigins = ['https://stablestudio.dev', 'https://abc.blobs.example'];
    const pinned = readSettings({ seller: { ...seller, pictureOrigins } }, 'cloud').seller;
    expect(pinned.pictureOrigins).toEqual(pictureOrigins);
    expect(knownOrigins(pinned)).toContain('https://abc.blobs.example');
  });
});

describe('a complaint', () => {
  test('names every setting that is wrong', () => {
    const complaint = complaintAbout({
      seller: { ...seller, origin: 'https://stablestudio.dev/', payees: ['0x07'], pictureOrigins: [] },
      timings: { answerSeconds: -1, patienceSeconds: 1 },
      payer: { maximumConcurrency: 1 },
      api: { jwt: { issuer: 'nobody', audience: [] } },
      logRetentionDays: 31,
    });
    for (const setting of [
      'coinbooth.seller.origin: ',
      'coinbooth.seller.payees.0: ',
      'coinbooth.seller.pictureOrigins: ',
      'coinbooth.timings.answerSeconds: ',
      'coinbooth.timings.patienceSeconds: is not known',
      'coinbooth.payer.maximumConcurrency: ',
      'coinbooth.api.jwt.issuer: ',
      'coinbooth.api.jwt.audience: ',
      'coinbooth.logRetentionDays: ',
    ])
      expect(complaint).toContain(setting);
  });

  test('says whose settings they are, and says so in plain words', () => {
    expect(complaintAbout({ seller, tracing: 'yes' }, 'local')).toBe(
      'The settings of the booth on this machine are wrong:\n  coinbooth.tracing: must be true or false',
    );
  });

  test('names every insecure origin, and a payer that is too short beside it', () => {
    const complaint = complaintAbout({
      seller: { ...seller, origin: 'http://one.example', pictureOrigins: ['http://two.example'] },
      payer: { timeoutSeconds: 6 },
    });
    expect(complaint).toContain('http://one.example is http or loopback');
    expect(complaint).toContain('http://two.example is http or loopback');
    expect(complaint).toContain('coinbooth.payer.timeoutSeconds: must be at least timings.answerSeconds + 5');
  });

  test.each([
    [30, 35, true],
    [30, 34, false],
    [56, 60, false],
    [10, 15, true],
  ])('an answer within %i s and a payer of %i s: accepted %s', (answerSeconds, timeoutSeconds, accepted) => {
    for (const world of ['cloud', 'local'] as const) {
      const complaint = complaintAbout(
        { seller, timings: { answerSeconds }, payer: { timeoutSeconds } },
        world,
      );
      if (accepted) expect(complaint).toBe('none');
      else expect(complaint).toContain('coinbooth.payer.timeoutSeconds');
    }
  });

  test.each([
    ['payees', []],
    ['assets', []],
    ['payees', ['0x07F067959297767c887dbfA3C72379c66E82a04']],
    ['ceilingsAtomic', { 'flux-2-pro/generate': '0' }],
    ['ceilingsAtomic', { 'flux-2-pro/generate': 35000 }],
    ['apiKey', 'x'],
  ])('a seller with %s %j is refused', (key, value) => {
    expect(complaintAbout({ seller: { ...seller, [key]: value } })).toContain('coinbooth.seller');
  });
});
