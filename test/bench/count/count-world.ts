import type { Tap } from '../../../infra/local/aws/call.ts';
import type { Execution } from '../../../infra/local/aws/executions.ts';
import type { Booth } from '../../../infra/local/booth/open-booth.ts';
import { type Item, itemBytes } from './item-size.ts';
import { ledgerMeter } from './ledger-meter.ts';

/** How often each thing was done, by name; seconds and bytes are sums. */
export type Counts = Record<string, number>;

/** Of the platform's own lines about an invocation (START, END, REPORT in JSON), bytes: an estimate. */
const platformLogBytes = 900;
/** What an express workflow is billed by (Step Functions pricing): so much memory, each tenth of a second begun. */
const expressGb = 64 / 1024;
const expressTick = 100;
/** Looks of the schedules are nobody's in particular. */
const scheduled = /^(sweeper|reconciler|auditor)/;
const ofOnePurchase = /"(JOB|PURCHASE|NONCE)#/;

/**
 * Counts what the world does, at the doors of its emulated services and of the seller, from `begin` to `take`. Of the
 * functions that run on a schedule only what names a purchase is counted: the rest is there when nobody buys anything.
 */
export function worldMeter() {
  const meter = ledgerMeter();
  let counts: Counts = {};
  let jobBytes = 0;
  const add = (name: string, by = 1): void => {
    counts[name] = (counts[name] ?? 0) + by;
  };

  const tap: Tap = ({ service, operation, functionId, input, phase }) => {
    if (phase === 'after') return;
    const isScheduled = functionId !== undefined && scheduled.test(functionId);
    const isCounted = functionId !== undefined && (!isScheduled || ofOnePurchase.test(JSON.stringify(input)));
    if (service === 'dynamodb') {
      const { writeRequests, writeUnits, indexUnits, readUnits } = meter.count(operation, input);
      if (!isCounted) return;
      add('write requests', writeRequests);
      add('write units', writeUnits);
      add('index units', indexUnits);
      add('read units', readUnits);
      if (writeRequests > 0) add(`writes: ${operation}`);
      const { Item: item } = input as { Item?: Item };
      if (item?.pk?.S?.startsWith('JOB#')) jobBytes = Math.max(jobBytes, itemBytes(item));
      return;
    }
    if (!isCounted) return;
    if (service === 'kms' && operation === 'Sign') add('signatures');
    else if (service === 'sqs') add('queue requests');
    else if (service === 's3') add(/^Put|^Create|^Upload|^Complete|^List/.test(operation) ? 'puts' : 'gets');
    else if (service === 'events') add('events', (input.Entries as readonly unknown[]).length);
  };

  return {
    tap,
    /** Bytes of the largest row of a job so far. */
    jobBytes: () => jobBytes,
    /** Listens at the seller, the functions, the workflows and the logs of a booth, and counts from nothing. */
    begin({ world, sandbox }: Booth): { take(): Counts } {
      counts = {};
      const logsBefore = world.logs().length;
      const runsBefore = world.executions().length;
      const ends = [
        world.onInvocation(({ functionId, memoryMb, milliseconds }) => {
          if (scheduled.test(functionId)) return;
          const name = functionId.replace(/Function.*$/, '');
          const seconds = Math.ceil(milliseconds) / 1000;
          add('invocations');
          add('log bytes', platformLogBytes);
          add('compute seconds', (seconds * memoryMb) / 1024);
          add(`seconds: ${name}`, seconds);
          // The event source takes a batch from the queue, and takes it away when it is done.
          if (name === 'payer') add('queue requests', 2);
        }),
        sandbox?.seller.onRequest(({ phase, method, path }) => {
          if (phase !== 'received') return;
          add('seller requests');
          add(`seller: ${method} ${path.split('/').slice(1, 3).join('/')}`);
        }) ?? (() => {}),
      ];
      return {
        take() {
          for (const end of ends) end();
          const lines = world.logs().slice(logsBefore);
          add(
            'log bytes',
            lines.reduce((sum, { text }) => sum + Buffer.byteLength(text) + 100, 0),
          );
          for (const run of world.executions().slice(runsBefore)) addRun(add, run);
          return counts;
        },
      };
    },
  };
}

/** A standard run is paid for by its transitions, an express one by its time. */
function addRun(add: (name: string, by?: number) => void, run: Execution): void {
  const states = run.history.filter(({ type }) => /StateEntered$/.test(type)).length;
  const isExpress = run.executionArn.includes(':express:');
  add('states', states);
  add('transitions', isExpress ? 0 : states);
  add('express runs', isExpress ? 1 : 0);
  const milliseconds = (run.stoppedAt ?? Date.now()) - run.startedAt;
  const seconds = (Math.ceil(milliseconds / expressTick) * expressTick) / 1000;
  add('express seconds', isExpress ? seconds * expressGb : 0);
}
