import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ledgerIn } from '../../shared/aws/dynamodb.ts';
import { dueIndex } from '../../shared/aws/dynamodb-indexes.ts';
import { type Manifests, manifestsIn } from '../../shared/aws/dynamodb-manifests.ts';
import {
  advancedManifest,
  begunManifest,
  finishedManifest,
  isComplete,
  type Manifest,
} from '../../shared/core/manifest.ts';
import { at, newJob, start } from '../functions/jobs.ts';
import { memoryManifests } from '../functions/manifest-booth.ts';
import { startAccount } from '../infra/conformance/local-account.ts';

const begun = (now = start): Manifest =>
  begunManifest(
    {
      manifestId: randomUUID(),
      caller: 'AIDAEXAMPLE',
      bucket: 'inbox',
      key: 'requests/ü.csv',
      lines: 3,
      bad: 1,
    },
    now,
    60,
  );

test('the marks move forward alone, and with both at their ends it is complete', () => {
  const manifest = advancedManifest(begun(), { submitted: 3, ended: 1 }, at(10), 60);
  expect(manifest).toMatchObject({ submitted: 3, ended: 1, version: 2, dueAt: at(70) });
  expect(isComplete(manifest)).toBe(false);
  const late = advancedManifest(manifest, { submitted: 1, ended: 0 }, at(20), 60);
  expect(late).toMatchObject({ submitted: 3, ended: 1, version: 3 });
  const last = advancedManifest(late, { ended: 2 }, at(30), 60);
  expect(isComplete(last)).toBe(true);
  expect(finishedManifest(last, at(31))).not.toHaveProperty('dueAt');
});

const implementations: [string, () => Promise<{ manifests: Manifests; close: () => Promise<void> }>][] = [
  ['in memory', async () => ({ manifests: memoryManifests(), close: async () => {} })],
  [
    'in DynamoDB',
    async () => {
      const { manifests, close } = await openTable();
      return { manifests, close };
    },
  ],
];

/** The ledger's table, as far as manifests and what is due need it. */
async function openTable() {
  const keys = ['pk', 'sk', dueIndex.partitionKey, dueIndex.sortKey];
  const schema = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
  const account = await startAccount({
    Ledger: {
      Type: 'AWS::DynamoDB::GlobalTable',
      Properties: {
        KeySchema: schema('pk', 'sk'),
        AttributeDefinitions: keys.map((AttributeName) => ({
          AttributeName,
          AttributeType: AttributeName === dueIndex.sortKey ? 'N' : 'S',
        })),
        BillingMode: 'PAY_PER_REQUEST',
        GlobalSecondaryIndexes: [
          {
            IndexName: dueIndex.name,
            KeySchema: schema(dueIndex.partitionKey, dueIndex.sortKey),
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
        Replicas: [{ Region: { Ref: 'AWS::Region' } }],
      },
    },
  });
  const client = new DynamoDBClient(account.world.sdk('dynamodb'));
  const name = account.world.resource('Ledger').ref;
  return {
    manifests: manifestsIn(name, client),
    ledger: ledgerIn(name, client),
    async close() {
      client.destroy();
      await account.close();
    },
  };
}

describe.each(implementations)('manifests %s', (_name, open) => {
  let opened: Awaited<ReturnType<typeof open>>;
  let manifests: Manifests;
  beforeAll(async () => {
    opened = await open();
    manifests = opened.manifests;
  });
  afterAll(() => opened.close());

  test('are read as they were written, and one that nobody began is not there', async () => {
    const manifest = begun();
    expect(await manifests.write(manifest)).toBe('written');
    expect(await manifests.read(manifest.manifestId)).toEqual(manifest);
    expect(await manifests.read(randomUUID())).toBeUndefined();
  });

  test('are begun once, and each write is over the version it read', async () => {
    const manifest = begun();
    expect(await manifests.write(manifest)).toBe('written');
    expect(await manifests.write({ ...manifest, lines: 9 })).toBe('conflict');
    const next = advancedManifest(manifest, { submitted: 2 }, at(1), 60);
    const outcomes = await Promise.all([manifests.write(next), manifests.write({ ...next, ended: 1 })]);
    expect(outcomes.toSorted()).toEqual(['conflict', 'written']);
    expect(await manifests.write(advancedManifest({ ...manifest, version: 7 }, {}, at(1), 60))).toBe(
      'conflict',
    );
  });

  test('are due until they are finished, oldest first', async () => {
    const [late, early] = [begun(at(-50_000)), begun(at(-60_000))];
    for (const manifest of [late, early, begun()]) await manifests.write(manifest);
    const due = [early, late].map(({ manifestId }) => manifestId);
    expect(await manifests.overdue(at(-1000), 10)).toEqual(due);
    expect(await manifests.overdue(at(-1000), 1)).toEqual(due.slice(0, 1));
    await manifests.write(finishedManifest(early, at(1)));
    expect(await manifests.overdue(at(-1000), 10)).toEqual(due.slice(1));
  });
});

test('overdue jobs and overdue manifests lie in one index, and neither is taken for the other', async () => {
  const { manifests, ledger, close } = await openTable();
  try {
    const [job, manifest] = [newJob(), begun()];
    await ledger.accept(job);
    await manifests.write(manifest);
    expect(await ledger.overdue(at(9_000), 10)).toEqual([job.jobId]);
    expect(await manifests.overdue(at(9_000), 10)).toEqual([manifest.manifestId]);
  } finally {
    await close();
  }
});
