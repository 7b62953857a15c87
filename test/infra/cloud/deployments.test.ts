import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, Stage } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, describe, expect, test } from 'vitest';
import {
  Coinbooth,
  CoinboothKeep,
  type CoinboothSettings,
  shippedBundles,
} from '../../../infra/cloud/coinbooth.ts';
import { readSettings } from '../../../infra/cloud/settings.ts';
import { chosenStage } from '../../../infra/cloud/stages.ts';
import { permissionsIn } from './policies.ts';
import {
  type Assembly,
  ofType,
  placeholders,
  type StackTemplate,
  shipped,
  synthesiseAside,
  theNamed,
  theOne,
  writeOut,
} from './synthesised.ts';

const root = mkdtempSync(join(tmpdir(), 'coinbooth-deployments-'));
const bundles = placeholders(join(root, 'bundles'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const typesIn = ({ Resources }: StackTemplate): string[] =>
  Object.values(Resources)
    .map(({ Type }) => Type)
    .toSorted();

/** Names of the roles that may sign, by the template and by the key's policy. */
function signersOf({ keep, service }: Pick<Assembly, 'keep' | 'service'>): {
  named: string[];
  spared: string[];
} {
  const write = (value: unknown) => writeOut(value, { keep });
  const named = ofType(service, 'AWS::IAM::Role').flatMap(
    ([
      ,
      {
        Properties: { RoleName: name },
      },
    ]) => (name === undefined ? [] : [write(name)]),
  );
  const { Statement } = theOne(keep, 'AWS::KMS::Key').Properties.KeyPolicy as {
    Statement: { Sid?: string; Condition?: { ArnNotEquals: { 'aws:PrincipalArn': unknown[] } } }[];
  };
  const refusal = Statement.find(({ Sid }) => Sid === 'NobodyElseSigns');
  const spared = (refusal?.Condition?.ArnNotEquals['aws:PrincipalArn'] ?? []).map((arn) =>
    write(arn).replace(/^.*:role\//, ''),
  );
  return { named: named.toSorted(), spared: spared.toSorted() };
}

describe('several stages', () => {
  const staged = {
    ...shipped,
    stages: {
      dev: { environment: { account: '111111111111', region: 'eu-west-1' }, budgets: { total: '5' } },
      prod: {
        environment: { account: '222222222222', region: 'us-east-1' },
        budgets: { total: '200', caller: '20' },
        timings: { stallSeconds: 90 },
      },
    },
  };
  const synthesised = (stage: string) => synthesiseAside(staged, { bundles, stage });

  test('are each a deployment of their own name, in their own account and region', () => {
    using dev = synthesised('dev');
    using prod = synthesised('prod');
    expect(dev.stacks).toMatchObject({
      Keep: { stackName: 'Coinbooth-devKeep', environment: 'aws://111111111111/eu-west-1' },
      Service: { stackName: 'Coinbooth-dev', environment: 'aws://111111111111/eu-west-1' },
    });
    expect(prod.stacks).toMatchObject({
      Keep: { stackName: 'Coinbooth-prodKeep', environment: 'aws://222222222222/us-east-1' },
      Service: { stackName: 'Coinbooth-prod', environment: 'aws://222222222222/us-east-1' },
    });
    const names = ['Coinbooth-dev-eu-west-1-payer', 'Coinbooth-dev-eu-west-1-poll'];
    expect(signersOf(dev)).toEqual({ named: names, spared: names });
    // Of two that are alike, neither speaks of the other.
    expect(JSON.stringify([dev.keep, dev.service])).not.toMatch(/Coinbooth-prod|222222222222|us-east-1/);
    expect(JSON.stringify([prod.keep, prod.service])).not.toMatch(/Coinbooth-dev|111111111111|eu-west-1/);
    expect(typesIn(dev.service)).toEqual(typesIn(prod.service));
  });

  test('say what is theirs over what is said for all, field by field', () => {
    const read = (stage: string) => readSettings(staged, 'cloud', stage);
    expect(read('dev')).toMatchObject({ budgets: { total: 5_000_000 }, timings: { stallSeconds: 60 } });
    expect(read('prod')).toMatchObject({
      name: 'Coinbooth-prod',
      budgets: { total: 200_000_000, caller: 20_000_000, exposurePerPayee: 50 },
      timings: { stallSeconds: 90, answerSeconds: 30 },
      seller: { origin: 'https://stablestudio.dev' },
    });
    const named = { name: 'Atelier', stages: { prod: { name: 'Live', list: [3] } }, list: [1, 2] };
    expect(chosenStage(named, 'prod')).toEqual({ name: 'Live', list: [3] });
    expect(chosenStage({ ...named, stages: { prod: {} } }, 'prod')).toEqual({
      name: 'Atelier-prod',
      list: [1, 2],
    });
  });

  test('must be said, and must be there: nothing is deployed under a name that nobody meant', () => {
    expect(() => readSettings(staged, 'cloud')).toThrow(/which stage.*dev, prod/);
    expect(() => readSettings(staged, 'cloud', 'test')).toThrow(/no stage test.*dev, prod/);
    expect(() => readSettings(shipped, 'cloud', 'prod')).toThrow(/no stage prod.*none/);
    expect(() => readSettings({ ...shipped, stages: { Prod: {} } }, 'cloud', 'Prod')).toThrow(
      /small letters/,
    );
    const wrong = { ...staged, stages: { dev: { environment: { account: '1', region: 'moon' } } } };
    expect(() => readSettings(wrong, 'cloud', 'dev')).toThrow(
      /account: must be the twelve digits.*\n.*region/,
    );
  });

  test.each([
    ['-c stage=NAME of the CDK', { CDK_CONTEXT_JSON: '{"stage":"moon"}' }, []],
    ['--stage NAME of npm run synth', {}, ['--stage', 'moon']],
  ])('are chosen by %s', (_way, variables, args) => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, '../../../infra/cloud/synth.ts'), ...args],
      { env: { ...process.env, ...variables }, encoding: 'utf8' },
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/There is no stage moon in coinbooth.stages; there are: none/);
  });
});

describe('a wallet that was replaced', () => {
  const withWallet = (wallet: object) => synthesiseAside({ ...shipped, wallet }, { bundles });
  const keysOf = ({ keep }: Assembly) => ofType(keep, 'AWS::KMS::Key').map(([, key]) => key);
  const onKeys = (of: Assembly, action: string): Record<string, string[]> =>
    Object.fromEntries(
      ['payer', 'poll', 'deliver', 'reconciler'].map((role) => [
        role,
        permissionsIn(of)
          .filter((permission) => permission.role === role && permission.action === action)
          .map(({ resource }) => resource),
      ]),
    );

  test('keeps its key, under the same policy, beside the one that pays now', () => {
    using once = withWallet({});
    using twice = withWallet({ edition: 2 });
    const [first] = keysOf(once);
    expect(keysOf(twice)).toEqual([first, first]);
    expect(writeOut(twice.keep.Outputs.WalletKeyId?.Value, twice)).toBe('Wallet2');
  });

  test('signs the sign-ins of its last jobs, by the same two roles and no other', () => {
    using twice = withWallet({ edition: 2 });
    const both = ['Wallet2.Arn', 'Wallet.Arn'];
    expect(onKeys(twice, 'kms:Sign')).toEqual({ payer: both, poll: both, deliver: [], reconciler: [] });
    expect(onKeys(twice, 'kms:GetPublicKey')).toEqual({
      payer: both,
      poll: both,
      deliver: [],
      // It proves what the old wallet signed by that wallet's own address.
      reconciler: both,
    });
    const environmentOf = (name: string) =>
      theNamed(twice.service, 'AWS::Lambda::Function', `${name}Function`).Properties.Environment as {
        Variables: Record<string, unknown>;
      };
    for (const name of ['payer', 'poll', 'reconciler']) {
      const { KEY_ID, EARLIER_KEY_IDS } = environmentOf(name).Variables;
      expect(writeOut(KEY_ID, twice)).toBe('Wallet2');
      expect(JSON.parse(writeOut(EARLIER_KEY_IDS, twice))).toEqual(['Wallet']);
    }
  });

  test('is let go of when its last job has ended, and its key kept all the same', () => {
    using retired = withWallet({ edition: 2, oldest: 2 });
    expect(keysOf(retired)).toHaveLength(2);
    expect(onKeys(retired, 'kms:Sign').poll).toEqual(['Wallet2.Arn']);
    // CloudFormation does not let an export go that is still imported: it stays until the service is deployed without.
    const exported = Object.keys(retired.keep.Outputs).filter((name) =>
      /^ExportsOutput.*Wallet0765F267/.test(name),
    );
    expect(exported).toHaveLength(2);
    expect(JSON.stringify(retired.service)).not.toMatch(/Wallet0765F267/);
    expect(() => withWallet({ edition: 2, oldest: 3 })).toThrow(/wallet.oldest/);
  });
});

describe('in an app of somebody else', () => {
  const settings = shipped as unknown as CoinboothSettings;
  const environment = { account: '333333333333', region: 'ap-southeast-1' };
  const longName = 'TheStackOfATeamThatLikesToSayInFullWhatAllOfItsStacksAreThereFor';

  const templateOf = (directory: string, file: string): StackTemplate =>
    JSON.parse(readFileSync(join(directory, file), 'utf8')) as StackTemplate;

  test('is one construct in a stack of any name, with all that two stacks had', () => {
    const app = new App({ outdir: mkdtempSync(join(root, 'foreign-')), analyticsReporting: false });
    const stage = new Stage(app, 'Live', { env: environment });
    const stack = new Stack(stage, longName);
    const booth = new Coinbooth(stack, 'Booth', { settings, bundles });
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
    const { directory, stacks } = app.synth().getNestedAssembly('assembly-Live');
    const template = templateOf(directory, stacks[0]?.templateFile ?? '');

    using ours = synthesiseAside(shipped, { bundles });
    expect(typesIn(template)).toEqual([...typesIn(ours.keep), ...typesIn(ours.service)].toSorted());
    // Its stack's name is longer than a role's may be: the key knows its roles all the same.
    const names = ['Coinbooth-ap-southeast-1-payer', 'Coinbooth-ap-southeast-1-poll'];
    expect(signersOf({ keep: template, service: template })).toEqual({ named: names, spared: names });
    expect(Object.keys(template.Outputs).toSorted()).toEqual(
      [...Object.entries(ours.keep.Outputs), ...Object.entries(ours.service.Outputs)]
        .flatMap(([name, { Export }]) => (Export === undefined ? [name] : []))
        .toSorted(),
    );
    for (const type of ['AWS::KMS::Key', 'AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket'])
      for (const [, resource] of ofType(template, type))
        expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    // What a team goes on with.
    expect(stack.resolve(booth.service.bus.eventBusName)).toEqual({
      Ref: expect.stringMatching(/^BoothServiceBus/),
    });
    expect(booth.keep.pictures.node.path).toContain(`${longName}/Booth/Keep/Pictures`);
  });

  test('what it must not lose may lie in a stack of its own', () => {
    const app = new App({ outdir: mkdtempSync(join(root, 'foreign-')), analyticsReporting: false });
    const keepStack = new Stack(app, 'Vault', { env: environment, terminationProtection: true });
    const keep = new CoinboothKeep(keepStack, 'Keep', { name: 'Atelier' });
    new Coinbooth(new Stack(app, 'Shop', { env: environment }), 'Booth', {
      settings: { ...settings, name: 'Atelier' },
      keep,
      bundles,
    });
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
    const { directory } = app.synth();
    const [vault, shop] = ['Vault', 'Shop'].map((name) => templateOf(directory, `${name}.template.json`));
    if (!vault || !shop) throw new Error('The app has not both stacks');
    expect(typesIn(vault)).toContain('AWS::KMS::Key');
    expect(typesIn(shop)).not.toContain('AWS::KMS::Key');
    const names = ['Atelier-ap-southeast-1-payer', 'Atelier-ap-southeast-1-poll'];
    expect(signersOf({ keep: vault, service: shop })).toEqual({ named: names, spared: names });
  });

  test('is refused with wrong settings, by their names', () => {
    const stack = new Stack(new App(), 'Shop');
    const wrong = { ...settings, payer: { timeoutSeconds: 3 } };
    expect(() => new Coinbooth(stack, 'Booth', { settings: wrong, bundles })).toThrow(/payer.timeoutSeconds/);
  });

  test('says how to get its bundles, where they are not built', () => {
    expect(shippedBundles).toThrow(/npm run build/);
  });
});
