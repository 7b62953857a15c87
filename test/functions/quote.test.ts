import { describe, expect, test } from 'vitest';
import { quoteSchema } from '../../shared/contracts/http-offers.ts';
import { limitsSchema } from '../../shared/core/budget.ts';
import { challengeOf, offer, policy } from '../core/offers.ts';
import { openDoor, problemOf, stranger } from './door.ts';
import { caller, happened, jobAfter, newJob, stages } from './jobs.ts';

const generate = { model: 'flux-2-pro/generate', prompt: 'a kite' };
const page = 'https://pictures.example.com/kite.webp';

function openDesk() {
  const asked: { path: string; body: unknown }[] = [];
  const door = openDoor();
  const { quote } = door.booth.seller;
  door.booth.seller.quote = (path, body) => {
    asked.push({ path, body: JSON.parse(body) });
    return quote(path, body);
  };
  const ask = (request: unknown, who?: string) => door.send('/api/quote', request, {}, who);
  const quoted = async (request: unknown) => {
    const response = await ask(request);
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    return quoteSchema.parse(await response.json());
  };
  return { ...door, asked, ask, quoted };
}

test('a request is priced: what would be paid, to whom, and that it would', async () => {
  const { booth, asked, quoted } = openDesk();
  expect(await quoted(generate)).toEqual({
    type: 'flux-2-pro-generate',
    model: 'flux-2-pro/generate',
    payment: {
      amountAtomic: '30000',
      usd: '$0.03',
      network: 'eip155:8453',
      asset: policy.assets[0]?.asset,
      payTo: policy.payees[0],
    },
    uploads: { atMost: 0, amountAtomic: '0', usd: '$0.00' },
    total: { amountAtomic: '30000', usd: '$0.03' },
    ceiling: { amountAtomic: '30000', usd: '$0.03' },
    budget: { amountAtomic: '100000000', usd: '$100.00', scope: 'total' },
    payable: true,
  });
  expect(asked).toEqual([{ path: '/api/generate/flux-2-pro/generate', body: { prompt: 'a kite' } }]);
  // Nothing is written, queued, signed or sent.
  expect([booth.ledger.jobs(), booth.queued, booth.signatures, booth.seller.headers]).toEqual([
    [],
    [],
    [],
    [],
  ]);
});

describe('is not payable, with both figures,', () => {
  test('above our ceiling', async () => {
    const { booth, quoted } = openDesk();
    booth.seller.quotes.push({ challenge: challengeOf(offer({ amount: '31000' })) });
    const quote = await quoted(generate);
    expect(quote).toMatchObject({ payable: false, payment: { usd: '$0.031' }, ceiling: { usd: '$0.03' } });
    expect(quote.reason).toMatchObject({ name: 'PaymentRefused' });
    expect(quote.reason?.message).toMatch(/\$0\.031; .*\$0\.03\.$/);
  });

  test("above what today's budget leaves", async () => {
    const { booth, quoted } = openDesk();
    await booth.ledger.control.writeLimits(limitsSchema.parse({ total: 20_000, version: 1 }));
    const quote = await quoted(generate);
    expect(quote).toMatchObject({ payable: false, budget: { usd: '$0.02', scope: 'total' } });
    expect(quote.reason?.message).toBe("It costs $0.03; today's budget (total) has $0.02 left.");
  });

  test('while nothing is signed', async () => {
    const { booth, quoted } = openDesk();
    await booth.ledger.control.writeSigning({ enabled: false, reason: 'a drill', by: 'a test', at: 0 });
    expect(await quoted(generate)).toMatchObject({ payable: false, reason: { name: 'PaymentRefused' } });
  });

  test("above the caller's own limit", async () => {
    const quote = await openDesk().quoted({ ...generate, maxPrice: 0.02 });
    expect(quote).toMatchObject({
      payable: false,
      ceiling: { usd: '$0.03' },
      maxPrice: { usd: '$0.02', amountAtomic: '20000' },
    });
    expect(quote.reason?.message).toMatch(/\$0\.03; .*\$0\.02\.$/);
  });

  test("above the caller's limit with its uploads", async () => {
    const { booth, quoted } = openDesk();
    const mine = stages().delivered;
    booth.ledger.put(mine);
    const edit = { model: 'flux-2-pro/edit', prompt: 'a', images: [mine.jobId, page] };
    const costs = { uploads: { atMost: 1, usd: '$0.01' }, total: { usd: '$0.04' } };
    expect(await quoted({ ...edit, maxPrice: '0.04' })).toMatchObject({ ...costs, payable: true });
    const tooDear = await quoted({ ...edit, maxPrice: '0.039999' });
    expect(tooDear).toMatchObject({ ...costs, payable: false });
    expect(tooDear.reason?.message).toMatch(/\$0\.03; .*\$0\.029999\.$/);
  });
});

test('media that are not on the web are asked about under a stand-in, the same one as often as it is named', async () => {
  const { booth, asked, quoted } = openDesk();
  const mine = stages().delivered;
  booth.ledger.put(mine);
  const images = [mine.jobId, page, 's3://allowed-bucket/kite.png', mine.jobId];
  const quote = await quoted({ model: 'flux-2-pro/edit', prompt: 'a', images });
  expect(quote.uploads).toEqual({ atMost: 2, amountAtomic: '20000', usd: '$0.02' });
  const standIn = 'https://seller.test/upload';
  expect(asked[0]?.body).toEqual({ prompt: 'a', images: [standIn, page, standIn, standIn] });
});

test('files are not payable where the settings name no place for them', async () => {
  const { uploads: _none, ...nowhere } = openDesk().intake.policy;
  const { booth, send } = openDoor({ policy: nowhere });
  const mine = stages().delivered;
  booth.ledger.put(mine);
  const edit = { model: 'flux-2-pro/edit', prompt: 'a', images: [mine.jobId] };
  const quote = quoteSchema.parse(await (await send('/api/quote', edit)).json());
  expect(quote).toMatchObject({ payable: false, reason: { name: 'InputInvalid' } });
  expect(quote.reason?.message).toContain('no place for uploads');
  const onTheWeb = quoteSchema.parse(await (await send('/api/quote', { ...edit, images: [page] })).json());
  expect(onTheWeb.payable).toBe(true);
});

test('with a wish to reuse, says which job would be given', async () => {
  const { booth, send, quoted } = openDesk();
  await send('/api/generate/flux-2-pro/generate', { prompt: 'a kite' });
  const [job] = booth.ledger.jobs();
  if (!job) throw new Error('There is a job.');
  expect(await quoted({ ...generate, reuse: true })).not.toHaveProperty('reusable');
  const steps = [happened.reserved(job), happened.authorized(), happened.submitted(), happened.delivered()];
  booth.ledger.put(jobAfter(job, ...steps));
  expect(await quoted({ ...generate, reuse: true })).toMatchObject({ reusable: job.jobId });
  expect(await quoted(generate)).not.toHaveProperty('reusable');
});

describe('a seller', () => {
  test('that does not answer is a problem that may pass, and says when', async () => {
    const { booth, ask } = openDesk();
    booth.seller.quotes.push({ unavailable: 'The seller answers 503.', retryAfterSeconds: 17 });
    const response = await ask(generate);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '17']);
    expect((await problemOf(response)).type).toContain('SellerUnavailable');
    booth.seller.quotes.push({ unavailable: 'The seller does not answer (timeout).' });
    expect((await ask(generate)).headers.get('retry-after')).toBeNull();
  });

  test.each([
    [
      'whose 402 cannot be read',
      { refused: { name: 'ChallengeUnsupported', message: 'Not a 402.' } } as const,
    ],
    ['who would be paid elsewhere', { challenge: challengeOf(offer({ payTo: `0x${'9'.repeat(40)}` })) }],
    ['who offers nothing', { challenge: challengeOf() }],
  ])('%s is a problem of terms', async (_name, answer) => {
    const { booth, ask } = openDesk();
    booth.seller.quotes.push(answer);
    const response = await ask(generate);
    expect(response.status).toBe(502);
    expect((await problemOf(response)).type).toContain('ChallengeUnsupported');
  });
});

describe('wrong input is refused by name before the seller is asked', () => {
  const foreign = newJob().jobId;
  const cases: [string, unknown, string[]][] = [
    ['no model', { prompt: 'a' }, ['model']],
    ['a model that is not there', { ...generate, model: 'flux-3/generate' }, ['model']],
    ['a model of the prototype', { ...generate, model: 'toString' }, ['model']],
    ['the upload, which nobody asks for', { model: 'upload', prompt: 'a' }, ['model']],
    ['a wrong field', { ...generate, seed: 'x', colour: 1 }, ['colour', 'seed']],
    ['a list', [generate], ['model']],
    ['null', null, ['model']],
    ['a job of nobody', { model: 'flux-2-pro/edit', prompt: 'a', images: [foreign] }, ['images.0']],
    [
      'a host that is not public',
      { model: 'flux-2-pro/edit', prompt: 'a', images: ['https://10.0.0.1/'] },
      ['images.0'],
    ],
  ];
  test.each(cases)('%s', async (_name, request, fields) => {
    const { asked, ask } = openDesk();
    const response = await ask(request);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).fields).toEqual(fields);
    expect(asked).toEqual([]);
  });

  test('a picture of somebody else', async () => {
    const { booth, asked, ask } = openDesk();
    const mine = stages().delivered;
    booth.ledger.put(mine);
    const edit = { model: 'flux-2-pro/edit', prompt: 'a', images: [mine.jobId] };
    expect([(await ask(edit, stranger)).status, (await ask(edit, caller)).status]).toEqual([400, 200]);
    expect(asked).toHaveLength(1);
  });
});
