import { limitsSchema } from '../../../../shared/core/budget.ts';
import type { Job } from '../../../../shared/core/job-record.ts';
import { at } from '../../../functions/jobs.ts';
import { drawGuard, drawJob, drawKey, drawWrite, learnMoney, type Scene } from './scene.ts';
import type { Store } from './stores.ts';

/** One call of a store's ports, to be made on each of them. */
export interface Command {
  readonly says: string;
  on(store: Store): Promise<unknown>;
  /** What the scene takes from the answer. */
  learn?(answer: unknown): void;
}

type Draw = (scene: Scene, name: string) => Command | undefined;

const accept: Draw = (scene, name) => {
  const { chance, jobs } = scene;
  const known = jobs.size > 0 ? chance.pick([...jobs.values()]) : undefined;
  const fresh = drawJob(scene);
  const job = chance.pick([
    fresh,
    fresh,
    fresh,
    known ?? fresh,
    { ...(known ?? fresh), body: '{"prompt":"other"}' },
  ]);
  const first: Job = { ...job, version: 1 };
  const key = chance.odds(0.5) ? drawKey(scene, name) : undefined;
  return {
    says: `accept ${first.jobId} ${key ? JSON.stringify(key) : ''}`,
    on: ({ ledger }) => ledger.accept(first, key),
    learn(answer) {
      const { job: there } = answer as { job?: Job };
      if (there) jobs.set(there.jobId, there);
    },
  };
};

const write: Draw = (scene) => {
  const drawn = drawWrite(scene);
  if (!drawn) return undefined;
  const { after, also } = drawn;
  const guard = drawGuard(scene, after.jobId);
  const shown = JSON.stringify({
    also,
    ...guard,
    limits: guard?.limits && [guard.limits.version, ...guard.limits.of],
  });
  return {
    says: `write ${after.jobId} v${after.version} ${after.status} ${shown.slice(0, 700)}`,
    on: ({ ledger }) => ledger.write(after, also, guard),
    learn(answer) {
      if (answer !== 'written') return;
      if (guard?.begins) scene.jobs.set(guard.begins.jobId, guard.begins);
      scene.jobs.set(after.jobId, after);
      learnMoney(scene, after.jobId, also);
    },
  };
};

const readBack: Draw = ({ chance, jobs }) => {
  const job = jobs.size > 0 ? chance.pick([...jobs.values()]) : undefined;
  const id = chance.odds(0.9) && job ? job.jobId : chance.uuid();
  return { says: `read ${id}`, on: ({ ledger }) => ledger.read(id) };
};

const readAuthorization: Draw = ({ chance, jobs }) => {
  const job = chance.pick([...jobs.values(), undefined]);
  if (!job) return undefined;
  return { says: `readAuthorization ${job.jobId}`, on: ({ ledger }) => ledger.readAuthorization(job) };
};

const readHeader: Draw = ({ chance, jobs }) => {
  const job = chance.pick([...jobs.values(), undefined]);
  return job && { says: `read the header of ${job.jobId}`, on: ({ headers }) => headers.read(job) };
};

const eraseHeader: Draw = ({ chance, jobs }) => {
  const job = chance.pick([...jobs.values(), undefined]);
  return job && { says: `erase the header of ${job.jobId}`, on: ({ headers }) => headers.erase(job) };
};

/** Page by page to the end: where the pages end is the store's affair. */
const list: Draw = ({ chance, callers }) => {
  const caller = chance.pick(callers);
  const limit = chance.between(1, 4);
  return {
    says: `list ${caller} by ${limit}`,
    async on({ ledger }) {
      const seen: Job[] = [];
      for (let page = await ledger.list(caller, { limit }); ; ) {
        if (page.jobs.length > limit) throw new Error(`a page has ${page.jobs.length} jobs`);
        seen.push(...page.jobs);
        if (!page.next) return seen;
        const { acceptedAt, jobId } = page.next;
        page = await ledger.list(caller, { limit, before: { acceptedAt, jobId } });
      }
    },
  };
};

const findSame: Draw = ({ chance, requestHashes }) => {
  const hash = chance.pick([...requestHashes, 'nobody asked this']);
  return { says: `findSame ${hash}`, on: ({ ledger }) => ledger.findSame(hash) };
};

const due: Draw = ({ chance, tick }) => {
  const [now, most] = [at(chance.below(tick() + 2)), chance.between(1, 30)];
  if (chance.odds(0.2))
    return {
      says: `losses since ${now}`,
      on: async ({ ledger }) =>
        [...(await ledger.losses(now, 1_000))].sort((a, b) => (a.jobId < b.jobId ? -1 : 1)),
    };
  return chance.odds(0.5)
    ? { says: `overdue ${now}, ${most}`, on: ({ ledger }) => ledger.overdue(now, most) }
    : { says: `openAuthorizations ${most}`, on: ({ ledger }) => ledger.openAuthorizations(most) };
};

const signing: Draw = ({ chance, tick }) => {
  const said = { enabled: chance.odds(0.7), reason: 'the proof', by: 'the proof', at: at(tick()) };
  return {
    says: `writeSigning ${said.enabled}`,
    async on({ control }) {
      await control.writeSigning(said);
      return control.readSigning();
    },
  };
};

const switches: Draw = ({ chance, tick, callers }) => {
  const scope = chance.pick([`caller:${chance.pick(callers)}`, 'model:flux-2-pro/generate', 'payee:0x0']);
  const turned = { scope, enabled: chance.odds(0.8), reason: 'the proof', by: 'the proof', at: at(tick()) };
  return {
    says: `writeSwitch ${scope} ${turned.enabled}`,
    async on({ control }) {
      await control.writeSwitch(turned);
      const said = await control.readSwitches();
      return [...said].sort((a, b) => (a.scope < b.scope ? -1 : 1));
    },
  };
};

const finding: Draw = ({ chance, token, tick }) => {
  const found = { blockNumber: chance.below(4), unexplained: ['odd'], at: tick() };
  const [note, newest] = [chance.odds(0.5), chance.odds(0.5)];
  return {
    says: note ? `takeNote ${found.blockNumber}` : `noteFinding ${found.blockNumber}`,
    async on({ chainLedger }) {
      const there = await chainLedger.readFinding(token);
      const noted = { reason: 'known', by: 'the proof', at: 1 };
      const said = note
        ? await chainLedger.takeNote(token, newest && there ? there : found, noted)
        : await chainLedger.noteFinding(token, found);
      return [said, await chainLedger.readFinding(token)];
    },
  };
};

const limits: Draw = ({ chance }) => {
  const drawn = chance.below(4);
  return {
    says: `writeLimits, ${drawn} off`,
    async on({ control }) {
      const version = ((await control.readLimits())?.version ?? 0) + drawn;
      const next = limitsSchema.parse({ total: 1_000, caller: 10, named: { 'caller:x': 7 }, version });
      return [await control.writeLimits(next), await control.readLimits()];
    },
  };
};

const budget: Draw = ({ chance, budgets }) => {
  const key = chance.pick(budgets);
  return { says: `readBudget ${key}`, on: ({ control }) => control.readBudget(key) };
};

const exposure: Draw = ({ chance, payees }) => {
  const payTo = chance.pick(payees);
  const counted = {
    delivered: 0,
    deliveredLastHour: chance.below(6),
    countedAt: chance.below(40),
    samples: [[chance.below(40), chance.below(9)]] as const,
  };
  const isCounted = chance.odds(0.5);
  return {
    says: `${isCounted ? 'writeDeliveries' : 'readExposure'} ${payTo}, ${JSON.stringify(counted)}`,
    async on({ control }) {
      const there = await control.readExposure(payTo);
      if (isCounted && there) await control.writeDeliveries(payTo, counted);
      return control.readExposure(payTo);
    },
  };
};

const cursor: Draw = ({ chance, token, budgets }) => {
  const blockNumber = chance.below(4);
  const before = chance.odds(0.7) ? { blockNumber, blockHash: '0xb', balance: 5, floor: 0 } : undefined;
  const after = {
    blockNumber: blockNumber + 1,
    blockHash: chance.hex(4),
    balance: chance.below(100),
    floor: 0,
  };
  const credit = { key: budgets[4] ?? '', amount: chance.between(-5, 90) };
  return {
    says: `moveCursor ${before?.blockNumber} to ${after.blockNumber}, ${credit.amount}`,
    on: async ({ chainLedger }) => [
      await chainLedger.moveCursor(token, before, after, credit),
      await chainLedger.readCursor(token),
    ],
  };
};

/** What a proof notes, and what nobody noted. */
const nonce: Draw = ({ chance, jobs, nonces }) => {
  const known = [...jobs.values()].flatMap(({ purchase }) => purchase?.nonce ?? []);
  const asked = chance.pick([...known, ...nonces]);
  const spelled = chance.pick([asked, asked.toLowerCase()]);
  return { says: `ownerOfNonce ${spelled}`, on: ({ chainLedger }) => chainLedger.ownerOfNonce(spelled) };
};

const weighted: readonly Draw[] = [
  ...[accept, accept, accept, write, write, write, write, write, write, write, readBack, readAuthorization],
  ...[readHeader, readHeader, eraseHeader],
  ...[list, findSame, due, signing, switches, finding, limits, budget, budget, exposure, cursor, nonce],
];

/** Any command that the scene allows. */
export function drawCommand(scene: Scene, name: string): Command {
  return scene.chance.pick(weighted)(scene, name) ?? drawCommand(scene, name);
}

/** Everything that the scene's rows hold, by the ports that read them. */
export function readEverything(scene: Scene): readonly Command[] {
  const { jobs, budgets, payees, nonces, token } = scene;
  return [
    ...[...jobs.values()].flatMap((job): Command[] => [
      { says: `row of job ${job.jobId}`, on: ({ ledger }) => ledger.read(job.jobId) },
      ...(job.purchase
        ? [
            {
              says: `row of purchase ${job.jobId}`,
              on: (store: Store) => store.ledger.readAuthorization(job),
            },
            { says: `row of header ${job.jobId}`, on: (store: Store) => store.headers.read(job) },
          ]
        : []),
    ]),
    ...budgets.map(
      (key): Command => ({ says: `row of budget ${key}`, on: ({ control }) => control.readBudget(key) }),
    ),
    ...payees.map(
      (payTo): Command => ({
        says: `row of exposure ${payTo}`,
        on: ({ control }) => control.readExposure(payTo),
      }),
    ),
    ...nonces.map(
      (one): Command => ({
        says: `row of nonce ${one}`,
        on: ({ chainLedger }) => chainLedger.ownerOfNonce(one),
      }),
    ),
    { says: 'row of the cursor', on: ({ chainLedger }) => chainLedger.readCursor(token) },
    { says: 'row of the limits', on: ({ control }) => control.readLimits() },
    { says: 'row of the switch', on: ({ control }) => control.readSigning() },
    { says: 'row of the finding', on: ({ chainLedger }) => chainLedger.readFinding(token) },
    { says: 'rows of losses', on: async ({ ledger }) => (await ledger.losses(0, 1_000)).length },
  ];
}
