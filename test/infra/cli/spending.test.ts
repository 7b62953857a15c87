import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Address, getAddress } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDeployment } from '../../../infra/cli/deployment.ts';
import type { WithdrawalView } from '../../../infra/cli/withdrawal-view.ts';
import { rpcTo } from '../../../infra/local/chain/rpc.ts';
import { dayOf, floatKey, tokenKey } from '../../../shared/core/budget.ts';
import type { TestBooth } from '../../flow/test-booth.ts';
import { type AnnouncedBooth, coinbooth, json, openAnnouncedBooth } from './run-cli.ts';

/** What may be spent, and whether anything may be: said on the command line to a running booth. */

let announced: AnnouncedBooth;
let booth: TestBooth;
let folder: string;
let local: AnnouncedBooth['local'];
beforeAll(async () => {
  announced = await openAnnouncedBooth();
  ({ booth, folder, local } = announced);
});
afterAll(() => announced?.close());

const network = 'eip155:31337';
const request = { prompt: 'a purse', resolution: '0.5 MP' };

test('stop: nothing is signed; resume: only when chain, wallet and payee are as they should be', async () => {
  const stopped = await local('stop', 'a drill');
  expect([stopped.code, stopped.stdout]).toEqual([0, expect.stringContaining('is stopped')]);
  const jobId = await booth.submit(request);
  expect((await local('budget')).stdout).toContain('stopped: a drill');
  expect((await booth.get(jobId)).status).toBe('pending');

  const resumed = await local('resume', '--json');
  expect([resumed.code, resumed.stderr]).toEqual([0, '']);
  expect(JSON.parse(resumed.stdout)).toMatchObject({
    resumed: true,
    findings: [
      { name: 'node', isReady: true },
      { name: 'chain', isReady: true },
      { name: 'wallet', isReady: true, says: expect.stringContaining('$100.00') },
      { name: 'payee', isReady: true, says: expect.stringContaining(booth.sandbox?.seller.payTo ?? '') },
    ],
  });
  expect((await booth.ended(jobId)).detail.status).toBe('delivered');
});

test('resume says what is not ready, and changes nothing', async () => {
  await local('stop', 'the payee looks odd');
  booth.sandbox?.seller.faults.set('no-acceptable-requirements', { times: 1 });
  const refused = await local('resume');
  expect(refused.code).toBe(1);
  expect(refused.stdout).toMatch(/ok {2}chain.*\nok {2}wallet.*\nNOT payee: No payment option/);
  expect((await local('budget')).stdout).toContain('stopped: the payee looks odd');
  expect((await local('resume')).code).toBe(0);
});

test('budget: shown, changed, and held to from the next payment on', async () => {
  expect((await local('budget', 'set', 'total', '0.05')).stdout).toContain('total is $0.05');
  const { detail } = await booth.ended(await booth.submit(request));
  expect(detail.status).toBe('delivered');
  const over = await booth.ended(await booth.submit({ ...request, resolution: '2 MP' }));
  expect(over.detail).toMatchObject({ status: 'refused', reason: { name: 'PaymentRefused' } });
  const shown = await local('budget', 'show', '--json');
  expect(JSON.parse(shown.stdout)).toMatchObject({ signing: { enabled: true }, limits: { total: 50_000 } });
  expect((await local('budget')).stdout).toMatch(/total +\$0\.01 left of \$0\.05/);

  expect((await local('budget', 'set', 'model:flux-2-pro/generate', '0.01')).code).toBe(0);
  expect((await local('budget', 'set', 'total', '25')).code).toBe(0);
  const small = ['budget', 'set', 'total', '0.001'];
  expect((await local(...small)).code).toBe(0);
  expect((await local('budget')).stdout).toMatch(/total +nothing left of \$0\.001, and \$0\.0\d+ over it/);
  expect((await local('budget', 'set', 'total', '25')).code).toBe(0);
  const named = await booth.ended(await booth.submit(request));
  expect(named.detail.reason?.message).toContain('model flux-2-pro/generate');
  expect((await local('budget', 'set', 'model:flux-2-pro/generate', 'none')).code).toBe(0);
  expect((await booth.ended(await booth.submit(request))).detail.status).toBe('delivered');
});

test('budget warns of the limit of the first release that nothing takes from', async () => {
  const set = await local('budget', 'set', 'caller:coinbooth', '0');
  expect(set).toMatchObject({ code: 0, stderr: expect.stringContaining('caller:coinbooth is ignored') });
  const shown = await local('budget');
  expect(shown.stderr).toContain('caller:coinbooth is ignored');
  expect(shown.stdout).not.toContain('coinbooth');
  const gone = await local('budget', 'set', 'caller:coinbooth', 'none');
  expect(gone).toMatchObject({ code: 0, stderr: '' });
  expect((await local('budget')).stderr).toBe('');
});

test('budget set takes a limit by its word alone, never by the name of a setting', async () => {
  for (const name of [
    'unseenPerPayee',
    'exposurePerPayee',
    'exposureUsdPerPayee',
    'lossesPerHour',
    'version',
    'named',
    'toString',
  ]) {
    const { code, stderr } = await local('budget', 'set', name, '5');
    expect([code, stderr]).toEqual([2, expect.stringContaining(`no such limit as "${name}"`)]);
  }
  for (const word of ['exposure', 'unseen'])
    expect((await local('budget', 'set', word, '5', '--json')).stdout).toContain('"exposurePerPayee":5');
  expect((await local('budget', 'set', 'exposure-usd', '2.5', '--json')).stdout).toContain(
    '"exposureUsdPerPayee":2500000',
  );
  expect((await local('budget')).stdout).toMatch(
    /exposure +\d+ of 5 payments sent and not delivered yet\nexposure-usd +\$[\d.]+ of \$2.50 sent/,
  );
  expect((await local('budget', 'set', 'exposure-usd', 'none')).stdout).toContain('at its default');
});

test('a payee is the same in whatever letters its address is written', async () => {
  const payee = `payee:${booth.sandbox?.seller.payTo}`;
  expect((await local('budget', 'set', payee, '0.01')).code).toBe(0);
  const over = await booth.ended(await booth.submit(request));
  expect(over.detail.reason?.message).toContain(payee.toLowerCase().replace(':', ' '));
  expect((await local('budget', 'set', payee, 'none')).code).toBe(0);
});

test('stop --only: one model waits while all else goes on', async () => {
  const only = ['--only', 'model:flux-2-pro/generate'];
  expect((await local('stop', ...only, 'too dear')).stdout).toContain('is stopped');
  const waiting = await booth.submit(request);
  expect((await local('budget')).stdout).toContain('signing\nstopped: model:flux-2-pro/generate: too dear');
  const reason = 'Nothing is signed for model:flux-2-pro/generate at present: an operator has to resume it.';
  expect((await local('quote', 'a purse')).stdout).toContain(`it would not be paid: ${reason}`);
  await expect.poll(async () => (await local('show', waiting)).stdout, { timeout: 8_000 }).toContain(reason);
  expect((await local('budget', 'set', 'losses', '5')).code).toBe(0);
  expect((await booth.get(waiting)).status).toBe('pending');
  expect((await local('resume', ...only)).stdout).toContain('allowed again');
  expect((await local('resume', ...only)).stdout).toContain('was not stopped');
  expect((await booth.ended(waiting)).detail.status).toBe('delivered');
});

describe('wallet withdraw', () => {
  let withdrawal: WithdrawalView;
  let chain: NonNullable<TestBooth['sandbox']>['chain'];
  let treasury: Address;
  beforeAll(async () => {
    if (!booth.sandbox) throw new Error('The booth has a chain of its own.');
    ({ chain } = booth.sandbox);
    const { settings } = await openDeployment({ local: folder });
    treasury = getAddress(settings.treasury[network] ?? '');
  });
  const withdraw = async (...args: string[]) => {
    const { code, stdout, stderr } = await local('wallet', 'withdraw', ...args, '--json');
    return { code, stderr, said: json(stdout) as unknown as WithdrawalView };
  };
  const now = async (jobId: string) => {
    const { code, stdout } = await local('wallet', 'withdrawal', jobId, '--json');
    return [code, json(stdout) as unknown as WithdrawalView] as const;
  };
  const look = async () => {
    const outcome = await booth.world.invoke('reconciler', {});
    return outcome.ok ? outcome.payload : outcome.error.errorMessage;
  };

  test('says what would be signed, and signs nothing without --yes or while stopped', async () => {
    const { code, stdout } = await local('wallet', 'withdraw', '5');
    expect([code, stdout]).toEqual([1, expect.stringContaining('add --yes')]);
    expect(stdout).toMatch(new RegExp(`to +${treasury}, the treasury\namount +\\$5\\.00 of`));
    expect((await local('stop', 'a drill')).code).toBe(0);
    expect(await withdraw('5', '--yes')).toMatchObject({
      code: 1,
      said: { state: 'refused', reason: expect.stringContaining('stopped') },
    });
    expect((await local('resume')).code).toBe(0);
    const tooMuch = await withdraw('1000', '--yes');
    expect([tooMuch.code, tooMuch.said]).toMatchObject([1, { state: 'refused' }]);
  });

  test('has no limit of its own: one that would hold nothing back is refused', async () => {
    for (const scope of ['model:withdrawal', `payee:${treasury}`]) {
      const { code, stderr } = await local('budget', 'set', scope, '1');
      expect([code, stderr]).toEqual([2, expect.stringContaining('No budget limits a withdrawal')]);
      expect((await local('budget', 'set', scope, 'none')).code).toBe(0);
    }
  });

  test('prints one authorization, however often it is asked, that anybody can submit', async () => {
    const { code, said } = await withdraw('5', '--yes');
    expect([code, said]).toMatchObject([0, { state: 'signed', usd: '$5.00', treasury }]);
    withdrawal = said;
    expect((await withdraw('$5.00', '--yes')).said).toEqual(said);
    const shown = await local('wallet', 'withdrawal', said.jobId);
    expect(shown.stdout).toContain(said.call?.data);
    expect(shown.stdout).toMatch(/\ncast send 0x.* --chain 31337 /);
    const books = (await local('export', '--format', 'json')).stdout;
    expect(books.split('\n').filter((line) => line.includes('"withdrawal"'))).toEqual([
      expect.stringContaining('"state":"open"'),
    ]);

    const { stderr } = await withdraw('5', '--yes', '--submit');
    const [transaction] = /0x[0-9a-f]{64}/.exec(stderr) ?? [];
    await expect.poll(() => chain.balance(treasury), { timeout: 10_000 }).toBe(5_000_000n);
    await expect.poll(look, { timeout: 15_000, interval: 300 }).toMatchObject([{ open: 0, unexplained: [] }]);
    await expect
      .poll(() => now(said.jobId), { timeout: 10_000 })
      .toMatchObject([0, { state: 'settled', transaction }]);
  });

  test('is in the books as moved, not spent, and told to no caller', async () => {
    const { jobId } = withdrawal;
    const { total, by } = json((await local('report', '--json')).stdout) as unknown as {
      total: Record<string, string>;
      by: { model: Record<string, string>[] };
    };
    const settlements = await chain.settlements(booth.wallet);
    const paid = settlements.filter(({ to }) => to !== treasury);
    const sum = paid.reduce((all, { value }) => all + value, 0n);
    expect(total).toMatchObject({ withdrawn: '$5.00', open: '$0.00', losses: 0 });
    expect(Math.round(Number(total.spent?.slice(1)) * 1e6)).toBe(Number(sum));
    expect(by.model).toContainEqual(expect.objectContaining({ name: 'withdrawal', spent: '$0.00' }));
    expect((await local('report')).stdout).toMatch(/ {2}withdrawal .*withdrawn \$5\.00/);
    expect((await local('claims')).code).toBe(0);
    expect((await local('show', jobId)).stderr).toContain('no such job');
    expect(booth.announcements(jobId)).toBe(0);
    const { spentOn, ledger } = await openDeployment({ local: folder });
    expect(Object.keys((await spentOn(dayOf(Date.now()))).byModel)).toEqual(['flux-2-pro/generate']);
    expect(await ledger.overdue(Date.now() + 86_400_000, 10)).not.toContain(jobId);
  });

  test('says how to set a treasury where there is none', async () => {
    const bare = await mkdtemp(join(tmpdir(), 'coinbooth-test-'));
    const note = JSON.parse(await readFile(join(folder, 'running.json'), 'utf8')) as { settings: object };
    const settings = { ...note.settings, treasury: {} };
    await writeFile(join(bare, 'running.json'), JSON.stringify({ ...note, settings }));
    const { code, stderr } = await coinbooth('wallet', 'withdraw', '5', '--local', bare);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/No treasury is set.*"treasury": \{/)]);
    await rm(bare, { recursive: true, force: true });
  });

  test.each([
    [['much'], 'is no amount'],
    [['0'], 'nothing to withdraw'],
    [['5', '--asset', '0x1'], 'Say which token'],
  ])('%j is refused in words, with 2', async (args, words) => {
    const { code, stderr } = await local('wallet', 'withdraw', ...args, '--yes');
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
  });
});

test('acknowledge: what cannot be explained keeps signing stopped until somebody takes note of it', async () => {
  expect(await local('acknowledge')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('explains all'),
  });
  const { chainLedger, settings, wallet } = await openDeployment({ local: folder });
  const [asset] = settings.seller.assets;
  if (!asset) throw new Error('The booth pays with something.');
  const unexplained = ['transaction 0xabc moves money without an authorization'];
  await chainLedger.noteFinding(tokenKey(asset.network, asset.asset, wallet), {
    blockNumber: 1_000_000,
    unexplained,
    at: Date.now(),
  });
  const refused = await local('resume');
  expect([refused.code, refused.stdout]).toEqual([1, expect.stringMatching(/NOT ledger: .*0xabc/)]);
  const shown = await local('acknowledge', '--json');
  expect([shown.code, JSON.parse(shown.stdout)]).toMatchObject([1, { findings: [{ unexplained }] }]);
  expect((await local('acknowledge', 'moved by hand')).stdout).toContain('Noted');
  expect((await local('acknowledge')).code).toBe(0);
  expect((await local('resume')).code).toBe(0);
});

test.each([
  [['stop', '--only', 'everybody', 'why'], 'must be a caller, model or payee'],
  [['budget', 'set', 'total', 'much'], 'is no amount'],
  [['stop', '--only', 'model:flux-2-pro', 'why'], 'it is one of flux-2-pro/generate, flux-2-pro/edit'],
  [['stop', '--only', 'model:no-such', 'why'], 'There is no model "no-such" here'],
  [['stop', '--only', 'payee:0x123', 'why'], '"0x123" is no address'],
  [['stop', '--only', `payee:0x${'12'.repeat(20)}`, 'why'], 'pays nobody at'],
  [['budget', 'set', 'colour', '5'], 'There is no such limit as "colour": it is total, caller'],
  [['budget', 'set', 'caller:', '5'], 'It must be a caller, model or payee'],
  [['budget', 'set', 'model:flux-2-pro', '5'], 'it is one of flux-2-pro/generate'],
  [['budget', 'set', 'exposure', '0.5'], 'exposurePerPayee: must be a whole number'],
  [['stop'], "missing required argument 'reason'"],
])('%j is refused in words, with 2', async (args, words) => {
  const { code, stderr } = await local(...args);
  expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
});

test('a booth that does not run is said to be missing', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'coinbooth-test-'));
  const { code, stderr } = await coinbooth('budget', '--local', empty);
  expect([code, stderr]).toEqual([2, expect.stringContaining('start a booth')]);
  await writeFile(join(empty, 'running.json'), '{}');
  expect((await coinbooth('budget', '--local', empty)).code).toBe(2);
  await rm(empty, { recursive: true, force: true });
});

test('a withdrawal that nobody submits in its hour gives back what it held', async () => {
  const { code, stdout } = await local('wallet', 'withdraw', '5', '--yes', '--json');
  const { jobId, state, asset } = json(stdout) as unknown as WithdrawalView;
  expect([code, state]).toEqual([0, 'signed']);
  const { control, wallet } = await openDeployment({ local: folder });
  const row = () => control.readBudget(floatKey(network, asset, wallet));
  expect(await row()).toMatchObject({ held: 5_000_000 });
  // The chain's own clock: after this, nothing that is signed by ours is good there.
  await rpcTo(booth.sandbox?.chain.rpcUrl ?? '')('evm_increaseTime', [4_000]);
  const seen = async () => {
    await booth.world.invoke('reconciler', {});
    return json((await local('wallet', 'withdrawal', jobId, '--json')).stdout);
  };
  await expect.poll(seen, { timeout: 20_000, interval: 500 }).toMatchObject({ state: 'dead' });
  expect((await local('wallet', 'withdrawal', jobId)).code).toBe(1);
  expect(await row()).toMatchObject({ held: 0 });
  const { stdout: books } = await local('export', '--format', 'json');
  expect(books).toMatch(/"state":"dead".*"withdrawal"/);
});
