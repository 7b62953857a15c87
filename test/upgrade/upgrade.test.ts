import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pay } from '../../functions/payer/pay.ts';
import { deliver } from '../../functions/poller/deliver.ts';
import { poll } from '../../functions/poller/poll.ts';
import { signedHeaderOf } from '../../functions/signed-header.ts';
import { readSettings } from '../../infra/cloud/settings.ts';
import { createDynamoDb } from '../../infra/local/aws/dynamodb.ts';
import { ledgerIn } from '../../shared/aws/dynamodb.ts';
import { budgetSchema } from '../../shared/aws/dynamodb-budgets.ts';
import { chainLedgerIn } from '../../shared/aws/dynamodb-chain.ts';
import { controlIn } from '../../shared/aws/dynamodb-control.ts';
import { exposureSchema } from '../../shared/aws/dynamodb-exposure.ts';
import { headersIn } from '../../shared/aws/dynamodb-headers.ts';
import { manifestsIn } from '../../shared/aws/dynamodb-manifests.ts';
import { parseRow } from '../../shared/aws/dynamodb-table.ts';
import { modelTimesIn } from '../../shared/aws/dynamodb-times.ts';
import { callerUploadsIn } from '../../shared/aws/dynamodb-uploads.ts';
import { unpacked } from '../../shared/aws/packed-text.ts';
import { environments, type FunctionName, readEnvironment } from '../../shared/contracts/environment.ts';
import { jobEndedSchema } from '../../shared/contracts/event.ts';
import { paymentMessageSchema } from '../../shared/contracts/message.ts';
import { type Job, jobSchema } from '../../shared/core/job-record.ts';
import { isWithdrawal } from '../../shared/core/withdrawal.ts';
import { policy } from '../core/offers.ts';
import { lookAndErase } from '../functions/bank.ts';
import { isAnswer, openBooth } from '../functions/booth.ts';
import { scriptedChain } from '../functions/scripted-chain.ts';
import { inProcessClient } from '../prove/edge/ledger/in-process.ts';
import { headersOf, tablesOf } from '../prove/edge/ledger/stores.ts';

/**
 * A booth of commit ad0192f upgraded with jobs at every status: its rows are read by the code of today, and each open job
 * is driven to its one end. `how-it-was-written.md` beside this file says how.
 */

type Row = Record<string, AttributeValue>;

interface Before {
  /** Unix milliseconds. */
  readonly now: number;
  readonly start: number;
  readonly treasury: string;
  /** What each job stands for, and its id. */
  readonly names: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
  readonly chain: {
    readonly head: number;
    readonly moved: readonly {
      readonly kind: string;
      readonly nonce?: string;
      readonly value?: string;
      readonly to?: string;
      readonly blockNumber: number;
    }[];
  };
  readonly seller: {
    readonly made: { sellerJobId: string; body: string; createdAt: number }[];
    readonly settlements: readonly string[];
    readonly headers: readonly string[];
    readonly files: readonly string[];
  };
  readonly files: readonly (readonly [name: string, base64: string])[];
  readonly messages: readonly unknown[];
  readonly events: readonly unknown[];
  readonly settings: object;
  readonly environments: Readonly<Record<string, Record<string, string>>>;
}

const before = JSON.parse(
  readFileSync(join(import.meta.dirname, 'booth-of-ad0192f.json'), 'utf8'),
  (_key, value: unknown) => {
    const { base64 } = (value ?? {}) as { base64?: string };
    return base64 === undefined ? value : Uint8Array.from(Buffer.from(base64, 'base64'));
  },
) as Before;

const tableName = 'ledger';
const [first] = policy.assets;
if (!first) throw new Error('The policy of the tests names an asset.');
const asset = first;
const treasuries = { [asset.network]: before.treasury };
const rowsBefore = before.rows.map((row) => unmarshall(row));

/** The booth of today over the tables of before. */
async function upgraded() {
  const dynamoDb = createDynamoDb();
  for (const table of tablesOf(tableName)) await dynamoDb.createTable(table);
  const client = inProcessClient(dynamoDb.service);
  for (let from = 0; from < before.rows.length; from += 25) {
    const some = before.rows.slice(from, from + 25).map((Item) => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: some } }));
  }

  const booth = openBooth({}, {}, { readsChain: true, treasuries });
  booth.clock.now = before.now;
  booth.seller.made.push(...before.seller.made);
  for (const settlement of before.seller.settlements) booth.seller.settlements.add(settlement);
  for (const file of before.seller.files) booth.seller.files.set(file, new Uint8Array());
  for (const [name, base64] of before.files) booth.files.set(name, Buffer.from(base64, 'base64'));

  const chain = scriptedChain(before.start - 20_000);
  for (const [index, { kind, nonce = '', blockNumber }] of before.chain.moved.entries()) {
    if (kind !== 'used') continue;
    const { value = '0', to = '' } = before.chain.moved[index + 1] ?? {};
    chain.head = blockNumber;
    chain.settle({ nonce, value: BigInt(value), to });
  }
  chain.head = before.chain.head;

  const { ports, run } = booth.process();
  const ledger = ledgerIn(tableName, client, headersOf(tableName));
  const mine = {
    ...ports,
    ledger,
    headers: headersIn(headersOf(tableName), client),
    control: controlIn(tableName, client),
    chainLedger: chainLedgerIn(tableName, client),
    uploads: callerUploadsIn(tableName, client),
  };
  const read = async (jobId: string): Promise<Job> => {
    const job = await ledger.read(jobId);
    if (!job) throw new Error(`There is no job ${jobId}.`);
    return job;
  };
  const jobs = (): Promise<Job[]> => Promise.all(jobIds.map(read));
  const settled = () => new Set(chain.moved.flatMap(({ nonce }) => nonce?.toLowerCase() ?? []));

  return {
    booth,
    client,
    chain,
    ports: mine,
    read,
    jobs,
    /** One delivery of a job's message, and the tasks of its workflow. */
    async turn(jobId: string): Promise<void> {
      const job = await pay(mine, jobId, { ...run, endsAt: booth.clock.now + 60_000 });
      if (job?.status !== 'submitted' || job.source) return;
      const startedAt = job.workflow?.startedAt ?? job.submittedAt ?? booth.clock.now;
      try {
        await poll(mine, jobId, { startedAt, endsAt: booth.clock.now + 120_000 });
        await deliver(mine, jobId);
      } catch (error) {
        if (!isAnswer((error as Error).name)) throw error;
      }
    },
    /** What the seller was paid since, settles on the chain; then a look, and what it brings about. */
    async look(): Promise<readonly string[]> {
      chain.head = Math.max(
        chain.head + 1,
        Math.floor((booth.clock.now - (before.start - 20_000)) / 2000) + 1,
      );
      const known = settled();
      for (const { purchase } of await jobs()) {
        const nonce = purchase?.nonce.toLowerCase() ?? '';
        const isPaid = [...booth.seller.settlements].some((one) => one.toLowerCase().endsWith(nonce));
        if (!purchase || known.has(nonce) || !isPaid) continue;
        chain.settle({ nonce, value: BigInt(purchase.amountAtomic), to: purchase.payTo });
      }
      const { unexplained } = await lookAndErase(booth, { ...mine, chain, asset, floorAtomic: 0 });
      for (const { jobId } of booth.queued.splice(0)) await this.turn(jobId);
      return unexplained;
    },
    async close() {
      client.destroy();
      await dynamoDb.close();
    },
  };
}

const jobIds = rowsBefore.flatMap(({ pk, jobId }) => (String(pk).startsWith('JOB#') ? [String(jobId)] : []));
const nameOf = new Map(Object.entries(before.names).map(([name, jobId]) => [jobId, name]));

async function scanned(client: DynamoDBClient, TableName: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName }))
    rows.push(...Items.map((item) => unmarshall(item)));
  return rows;
}

let now: Awaited<ReturnType<typeof upgraded>>;
beforeAll(async () => {
  now = await upgraded();
});
afterAll(() => now?.close());

describe('what a booth of ad0192f wrote', () => {
  test('is a job at every status, and a row of every kind', () => {
    const jobs = rowsBefore.filter(({ pk }) => String(pk).startsWith('JOB#'));
    expect([...new Set(jobs.map(({ status }) => String(status)))].toSorted()).toEqual(
      [...jobSchema.shape.status.options].toSorted(),
    );
    expect([...new Set(rowsBefore.map(({ pk }) => String(pk).split('#')[0]))].toSorted()).toEqual([
      ...['BOOK', 'BUDGET', 'CHAIN', 'CONTROL', 'IDEMPOTENCY', 'JOB', 'LOSS', 'MANIFEST', 'NONCE'],
      ...['PURCHASE', 'SELLERJOB', 'TIMES', 'UPLOAD'],
    ]);
    expect(rowsBefore.filter(({ signedHeader }) => signedHeader !== undefined).length).toBeGreaterThan(8);
    expect(new Set(Object.values(before.names))).toEqual(new Set(jobIds));
  });

  test('is read by the ports of today', async () => {
    const { ports, client, read } = now;
    for (const jobId of jobIds) {
      const job = await read(jobId);
      if (job.purchase) expect(await ports.ledger.readAuthorization(job)).toBeDefined();
      expect(await ports.ledger.findSame(job.requestHash ?? '')).toBeDefined();
    }
    expect(await ports.control.readSigning()).toMatchObject({ enabled: true });
    expect(await ports.control.readLimits()).toMatchObject({ version: 1, total: 90_000_000 });
    expect(await ports.control.readSwitches()).toHaveLength(2);
    const budgets = rowsBefore.filter(({ pk }) => String(pk).startsWith('BUDGET#'));
    for (const row of budgets) expect(parseRow(budgetSchema, row).limit).toBeTypeOf('number');
    const [manifest] = rowsBefore.filter(({ pk }) => String(pk).startsWith('MANIFEST#'));
    expect(await manifestsIn(tableName, client).read(String(manifest?.manifestId))).toMatchObject({
      lines: 2,
    });
    const [upload] = rowsBefore.filter(({ pk }) => String(pk).startsWith('UPLOAD#'));
    expect(await ports.uploads.read(String(upload?.uploadId))).toMatchObject({ key: 'uploads/a' });
    expect((await modelTimesIn(tableName, client).list('flux-2-pro/generate')).length).toBeGreaterThan(0);
    expect((await ports.ledger.losses(0, 100)).length).toBe(
      rowsBefore.filter(({ pk }) => String(pk).startsWith('LOSS#')).length,
    );
    for (const { pk, jobId } of rowsBefore.filter((row) => String(row.pk).startsWith('NONCE#')))
      expect(await ports.chainLedger.ownerOfNonce(String(pk).replace('NONCE#', ''))).toBe(jobId);
  });

  test('has its key answered with its job', async () => {
    const [key] = rowsBefore.filter(({ pk }) => String(pk).startsWith('IDEMPOTENCY#'));
    const job = await now.read(String(key?.jobId));
    const again = await now.ports.ledger.accept(
      { ...job, jobId: '00000000-0000-4000-8000-000000000000', version: 1 },
      { hash: 'a-key-of-a-caller', requestHash: String(key?.requestHash), expiresAt: Number(key?.expiresAt) },
    );
    expect(again).toMatchObject({ job: { jobId: job.jobId } });
  });

  test('and was told and configured, is understood: messages, events, settings, environments', () => {
    for (const message of before.messages) expect(paymentMessageSchema.parse(message)).toEqual(message);
    for (const event of before.events) expect(jobEndedSchema.safeParse(event).success).toBe(true);
    expect(readSettings(before.settings, 'cloud').name).toBe('Atelier');
    const names = Object.keys(before.environments) as FunctionName[];
    expect(names.toSorted()).toEqual(Object.keys(environments).toSorted());
    for (const name of names)
      expect(() => readEnvironment(name, before.environments[name] ?? {})).not.toThrow();
  });
});

describe('after the upgrade', () => {
  /** Ends that are not the same as the status of before. */
  const ends: Record<string, string> = {
    'unresolved, settled since': 'unresolved',
    'unresolved, never paid': 'unresolved',
    'accepted, its upload paid and not answered': 'delivered',
    'upload authorized': 'delivered',
    'accepted, its upload submitted': 'delivered',
    'upload submitted, with its leave': 'delivered',
    rendered: 'delivered',
    watched: 'delivered',
    'submitted, no workflow': 'delivered',
    reserved: 'delivered',
    'authorized, nothing left': 'delivered',
    'authorized, answer lost': 'delivered',
    'unsettled, a job was made': 'delivered',
    'unsettled, nothing was made': 'unpaid',
    'withdrawal, signed': 'delivered',
    accepted: 'delivered',
    'accepted, of a manifest': 'delivered',
  };
  const storedBefore = new Map(
    rowsBefore.flatMap(({ pk, signedHeader }) =>
      signedHeader instanceof Uint8Array
        ? [[String(pk).replace('PURCHASE#', ''), unpacked(signedHeader)]]
        : [],
    ),
  );

  test('every job comes to its one end, its money known, its picture delivered; nothing is signed or paid twice', async () => {
    const { booth, chain, ports, read, jobs, turn, look } = now;
    const withdrawn = await read(before.names['withdrawal, signed'] ?? '');
    expect(await signedHeaderOf(ports, withdrawn)).toBe(storedBefore.get(withdrawn.jobId));
    const { nonce = '', amountAtomic = '0', payTo = '' } = withdrawn.purchase ?? {};
    chain.head += 1;
    chain.settle({ nonce, value: BigInt(amountAtomic), to: payTo });

    const isOver = (job: Job): boolean =>
      job.dueAt === undefined && job.end !== undefined && (job.purchase?.holdState ?? 'released') !== 'held';
    for (let turns = 0; turns < 30 && !(await jobs()).every(isOver); turns += 1) {
      for (const job of await jobs()) if (job.dueAt !== undefined) await turn(job.jobId);
      booth.clock.now += 31_000;
      expect(await look.call(now)).toEqual([]);
    }
    const after = await jobs();
    expect(after.filter((job) => !isOver(job)).map(({ jobId }) => nameOf.get(jobId))).toEqual([]);
    for (const job of after) {
      const name = nameOf.get(job.jobId) ?? '';
      const was = rowsBefore.find(({ pk }) => pk === `JOB#${job.jobId}`);
      expect([name, job.status]).toEqual([name, ends[name] ?? was?.status]);
      // An end that was written stands.
      if (was?.end !== undefined) expect(job.end).toEqual(was.end);
    }
    // What was signed before is sent as it was, to the byte; nothing of it is signed anew.
    const unsigned = after.filter(
      ({ jobId, purchase }) =>
        purchase?.sends &&
        !rowsBefore.some(
          ({ pk, purchase: then }) =>
            pk === `JOB#${jobId}` && (then as Job['purchase'])?.firstSentAt !== undefined,
        ),
    );
    expect(booth.signatures).toHaveLength(unsigned.length);
    for (const header of booth.seller.headers) {
      const { payload } = JSON.parse(Buffer.from(header, 'base64').toString()) as {
        payload: { authorization: { nonce: string } };
      };
      const owner = after.find(({ purchase }) => purchase?.nonce === payload.authorization.nonce);
      const stored = storedBefore.get(owner?.jobId ?? '');
      if (stored !== undefined) expect(header).toBe(stored);
    }
    // Each purchase settled once at the most, and each that did is spent.
    const used = chain.moved.flatMap(({ kind, nonce: one = '' }) =>
      kind === 'used' ? [one.toLowerCase()] : [],
    );
    expect(new Set(used).size).toBe(used.length);
    for (const { purchase, proof } of after)
      if (purchase?.sends)
        expect([purchase.nonce, proof?.state]).toEqual([
          purchase.nonce,
          used.includes(purchase.nonce.toLowerCase()) ? 'settled' : 'dead',
        ]);
    // Every end of a caller's job was told, before or since, and once.
    const told = [...(before.events as { jobId: string }[]), ...booth.events].map(({ jobId }) => jobId);
    const callers = after.filter((job) => !isWithdrawal(job) && !job.source).map(({ jobId }) => jobId);
    expect(told.toSorted()).toEqual(callers.toSorted());
  });

  test('budgets add up, nothing is held, and no signed header is left in either table', async () => {
    const { client, jobs } = now;
    const rows = await scanned(client, tableName);
    for (const row of rows.filter(({ pk }) => /^BUDGET#(?!unseen#)/.test(String(pk)))) {
      const { limit, remaining, held, committed } = parseRow(budgetSchema, row);
      expect([row.pk, held, remaining + committed]).toEqual([row.pk, 0, limit]);
    }
    // What is exposed to a payee has fields of its own by now.
    const exposed = rows.filter(({ pk }) => String(pk).startsWith('BUDGET#unseen#'));
    expect(exposed.length).toBeGreaterThan(0);
    for (const row of exposed)
      expect(parseRow(exposureSchema, row)).toMatchObject({ payments: 0, atomic: 0 });
    const spent = (await jobs()).filter((job) => job.proof?.state === 'settled' && !isWithdrawal(job));
    const total = rows.filter(({ pk }) => /^BUDGET#.*#total$/.test(String(pk)));
    const committed = total.reduce((sum, row) => sum + Number(row.committed), 0);
    expect(committed).toBe(spent.reduce((sum, { purchase }) => sum + Number(purchase?.amountAtomic), 0));
    expect(rows.filter(({ signedHeader }) => signedHeader !== undefined)).toEqual([]);
    expect(await scanned(client, headersOf(tableName))).toEqual([]);
  });
});
