import { derivedId } from '../../../functions/derived-id.ts';
import { submit } from '../../../functions/intake/submit.ts';
import { eraseHeaders } from '../../../functions/payer/erase-headers.ts';
import { pay } from '../../../functions/payer/pay.ts';
import type { Payer } from '../../../functions/payer/payer.ts';
import { deliver } from '../../../functions/poller/deliver.ts';
import { poll } from '../../../functions/poller/poll.ts';
import { taskSeconds } from '../../../functions/poller/workflow.ts';
import { agreed } from '../../../functions/reconciler/agree.ts';
import { askErasure } from '../../../functions/reconciler/ask-erasure.ts';
import { countDelivered } from '../../../functions/reconciler/count-delivered.ts';
import { type Reconciliation, reconcile } from '../../../functions/reconciler/reconcile.ts';
import { tripBreakers } from '../../../functions/reconciler/trip-breakers.ts';
import { sweep } from '../../../functions/sweeper/sweep.ts';
import type { NodeManner } from '../../../infra/local/chain/odd-manners.ts';
import { paymentMessageSchema } from '../../../shared/contracts/message.ts';
import { CoinboothError } from '../../../shared/core/errors.ts';
import type { Job } from '../../../shared/core/job-record.ts';
import { knownOrigins, type PaidAsset, paidAssets, type SellerPolicy } from '../../../shared/core/policy.ts';
import { scopesOf } from '../../../shared/core/switches.ts';
import { memoryLedger } from '../../functions/memory-ledger.ts';
import { openCalls, sleeper } from './calls.ts';
import { type Gate, gated } from './gate.ts';
import { type Ending, type FunctionKind, type Invocation, openInvocation } from './invocation.ts';
import { keyedWallet, walletAddress } from './keyed-wallet.ts';
import { openChain } from './sim-chain.ts';
import { simReader } from './sim-node.ts';
import { openQueue } from './sim-queue.ts';
import { openSeller } from './sim-seller.ts';
import { openStorage } from './sim-storage.ts';
import { openWorkflows } from './sim-workflows.ts';
import { staleAnswer } from './stale-index.ts';
import { openTimeline } from './timeline.ts';
import { openWatchdog } from './watchdog.ts';
import { openTurns, watchedLedger } from './watched-ledger.ts';
import { simPolicy, simTimings, simTreasury, type WorldSettings } from './world-settings.ts';

/** As the stack sets them. */
const seconds: Readonly<Record<FunctionKind, number>> = {
  intake: 29,
  payer: 60,
  poll: taskSeconds.poll,
  deliver: taskSeconds.deliver,
  sweeper: 55,
  reconciler: 240,
  operator: 60,
};

function soleAsset(policy: SellerPolicy): PaidAsset {
  const [only] = paidAssets(policy);
  if (!only) throw new Error('The policy of the simulation names an asset.');
  return only;
}

/** A whole deployment around the real functions: its ports are simulated, its time is a number. */
export function openWorld(settings: WorldSettings) {
  const { random, plan } = settings;
  const { rail = 'x402' } = settings;
  const [policy, timings] = [{ ...simPolicy, rails: [rail] }, simTimings];
  const asset = soleAsset(policy);
  const timeline = openTimeline(settings.start);
  const memory = memoryLedger();
  const watchdog = openWatchdog(memory, policy, settings.isWatched, () => timeline.now, settings.looksFrom);
  watchdog.limited(settings.limits);
  const { skewSeconds, finalLag } = settings.chain;
  const chain = openChain(timeline, asset.asset, settings.funds, skewSeconds, finalLag, rail);
  const seller = openSeller(timeline, chain, random, settings.character, rail);
  const storage = openStorage();
  const wallet = keyedWallet(random, watchdog.signing);
  const looks: Reconciliation[] = [];
  const hasNodes = (): boolean => timeline.now >= (settings.looksFrom ?? 0);
  /** How a node answers that does not answer as it should. */
  const manners = new Map<string, NodeManner>();
  let running = true;
  /** Callers, models and payees that are stopped by themselves. */
  const stopped = new Set<string>();
  const isAllowed = (job: Job): boolean => running && !scopesOf(job).some((scope) => stopped.has(scope));
  let working = 0;
  let invocations = 0;

  const inTurn = openTurns();
  const ledger = watchedLedger(memory, watchdog, inTurn, isAllowed);
  const control: typeof memory.control = {
    ...memory.control,
    writeSigning: (signing) =>
      inTurn(async () => {
        await memory.control.writeSigning(signing);
        running = signing.enabled;
      }),
    writeSwitch: (turned) =>
      inTurn(async () => {
        await memory.control.writeSwitch(turned);
        if (turned.enabled) stopped.delete(turned.scope);
        else stopped.add(turned.scope);
      }),
  };

  function before(name: string, args: readonly unknown[]): void {
    if (name === 'seller.pay') watchdog.posting(String(args[2]));
    else if (name === 'queue.send') watchdog.published('a queue', JSON.stringify(args));
    else if (name === 'workflows.start') watchdog.published('a workflow', JSON.stringify(args));
    else if (name === 'announcements.put') watchdog.published('an event', JSON.stringify(args));
  }

  const { trace, fault, order } = settings;
  const stale = (name: string, value: unknown) =>
    staleAnswer(name, value, { watchdog, random, now: timeline.now });
  const timed = openCalls(timeline, plan, { trace, fault, stale, before });
  const gateOf = (invocation: Invocation): Gate =>
    order
      ? (name, args, effect) =>
          order(name, args, () => {
            before(name, args);
            return effect();
          }).then((value) => new Promise((resolve) => invocation.go(() => resolve(value))))
      : timed.gateOf(invocation);

  /** Begins an invocation of a function and runs it to whatever end. */
  function invoke(
    kind: FunctionKind,
    body: (ports: ReturnType<typeof portsFor>) => Promise<unknown>,
    ended: (ending: Ending) => void = () => {},
  ) {
    invocations += 1;
    const id = `${kind}-${invocations}`;
    const given = { id, kind, skew: settings.skew() };
    const invocation = openInvocation(timeline, given, seconds[kind], (ending) => {
      settings.trace(
        `${timeline.now} ${id} ${ending.how}${ending.how === 'failed' ? `: ${ending.error.message}` : ''}`,
      );
      if (ending.how === 'failed') {
        const { error } = ending;
        watchdog.published('a log', `${error.name} ${error.message}`);
        if (error instanceof CoinboothError && error.name === 'Defect')
          watchdog.breach(`a defect in ${id}: ${error.message}`);
        else if (error instanceof TypeError || error instanceof RangeError)
          watchdog.breach(`a defect in ${id}: ${error.stack}`);
      }
      ended(ending);
    });
    body(portsFor(invocation)).then(
      () => invocation.end({ how: 'done' }),
      (error: Error) => invocation.end({ how: 'failed', error }),
    );
    return invocation;
  }

  function portsFor(invocation: Invocation) {
    const gate = gateOf(invocation);
    const patience = {
      clock: () => timeline.now + invocation.skew,
      sleep: sleeper(timeline, invocation),
      endsAt: invocation.endsAt + invocation.skew,
    };
    const nodes = (['node1', 'node2'] as const).map((name) =>
      gated(name, simReader(name, { chain, asset, manner: () => manners.get(name) }, patience), gate),
    );
    const files = gated('files', storage.store, gate);
    const downloads = gated('downloads', storage.downloads, gate);
    return {
      ledger: gated('ledger', ledger, gate),
      headers: gated('headers', memory.headers, gate),
      control: gated('control', control, gate),
      chainLedger: gated('chainLedger', memory.chainLedger, gate),
      seller: gated('seller', seller, gate),
      wallet: {
        address: walletAddress,
        signTypedData: gated('wallet', wallet, gate).signTypedData,
      } as Payer['wallet'],
      signCharge: gated('wallet', wallet, gate).signCharge,
      workflows: gated('workflows', workflows, gate),
      announcements: gated('announcements', storage.announcements, gate),
      assets: gated('assets', storage.assets, gate),
      hosts: gated('hosts', storage.hosts, gate),
      inlineResults: gated('inlineResults', storage.inlineResults, gate),
      queue: gated('queue', queue, gate),
      // Whichever is asked first may be the one that lies.
      chain: agreed(invocations % 2 === 0 ? nodes : nodes.toReversed()),
      asset,
      floorAtomic: settings.limits.floor,
      files,
      uploads: { read: async () => undefined },
      uploadId: (sha256: string, edition: number) => derivedId('upload', sha256, String(edition)),
      referenceBuckets: ['allowed-bucket'],
      knownOrigins: knownOrigins(policy),
      limits: settings.limits,
      treasuries: { [asset.network]: simTreasury },
      readsChain: hasNodes,
      timesOf: async () => undefined,
      keyId: 'alias/wallet',
      bucketName: 'pictures',
      deployment: 'a deployment of the simulation',
      policy,
      timings,
      clock: () => timeline.now + invocation.skew,
      sleep: sleeper(timeline, invocation),
      download: (url: string) => downloads.get(url),
      newId: () => random.uuid(),
      warn: (message: string, fields: object) =>
        watchdog.published('a log', `${message} ${JSON.stringify(fields)}`),
      endsAt: invocation.endsAt + invocation.skew,
    };
  }

  const queue = openQueue(timeline, settings.whims, (message, ended) => {
    if (working >= settings.concurrency) return false;
    working += 1;
    invoke(
      'payer',
      (ports) => {
        const asked = paymentMessageSchema.parse(JSON.parse(message.body));
        if ('erase' in asked) return eraseHeaders(ports, asked.erase);
        const beforeSending = () =>
          ports.queue.hide(message.id, Math.ceil(Math.max(ports.endsAt - ports.clock(), 0) / 1000) + 5);
        return pay(ports, asked.jobId, { endsAt: ports.endsAt, beforeSending });
      },
      (ending) => {
        working -= 1;
        ended(ending);
      },
    );
    return true;
  });

  const workflows = openWorkflows(
    timeline,
    timings,
    settings.whims,
    (resource, { jobId, startedAt }, ended) => {
      const watch = (ports: ReturnType<typeof portsFor>) =>
        poll(ports, jobId, { startedAt, endsAt: ports.endsAt });
      if (resource === 'poll') invoke('poll', watch, ended);
      else invoke('deliver', (ports) => deliver(ports, jobId), ended);
    },
  );

  return {
    timeline,
    memory,
    control,
    watchdog,
    chain,
    manners,
    seller,
    storage,
    queue,
    workflows,
    looks,
    calls: timed.calls,
    invoke,
    isRunning: () => running,
    stopped: stopped as ReadonlySet<string>,
    /** One request at the door; what the client sees of it. */
    ask(
      request: { caller: string; offering: string; body: object; key?: string },
      answered: (jobId: string | undefined) => void,
    ) {
      let jobId: string | undefined;
      invoke(
        'intake',
        async (ports) => {
          const asking = request.key === undefined ? {} : { idempotencyKey: request.key };
          const taken = await submit(ports, request.caller, request.offering, request.body, asking);
          if ('wrong' in taken) watchdog.breach(`a good request was refused: ${JSON.stringify(taken.wrong)}`);
          else if ('conflict' in taken)
            watchdog.breach(`I10: ${request.key} conflicts with ${taken.conflict}`);
          else if (taken.job.caller !== request.caller)
            watchdog.breach("I10: a caller was given somebody else's job");
          else jobId = taken.job.jobId;
        },
        ({ how }) => answered(how === 'done' ? jobId : undefined),
      );
    },
    /** One delivery of a job's message, past the queue. */
    deliverMessage: (jobId: string) =>
      invoke('payer', (ports) => pay(ports, jobId, { endsAt: ports.endsAt, beforeSending: async () => {} })),
    sweep: () => invoke('sweeper', (ports) => sweep(ports)),
    hasNodes,
    reconcile: () =>
      hasNodes() &&
      invoke('reconciler', async (ports) => {
        const tripped = await tripBreakers(ports, settings.limits.lossesPerHour);
        for (const model of tripped.models) watchdog.happened('model stopped', model);
        for (const payTo of tripped.payees) watchdog.happened('payee stopped', payTo);
        // A count that fails is made at the next look.
        await countDelivered(ports).catch(() => {});
        const closed: Job[] = [];
        const look = await reconcile({ ...ports, proven: (job) => void closed.push(job) });
        await askErasure(ports, closed);
        watchdog.published('a log', JSON.stringify(look));
        looks.push(look);
        if (look.unexplained.length > 0) watchdog.breach(`I6: a false alarm: ${look.unexplained.join('; ')}`);
      }),
  };
}

export type World = ReturnType<typeof openWorld>;
