import type { FunctionKind } from './invocation.ts';

/** What one call of a port can suffer. */
export const callFaults = [
  'killed before',
  'killed after',
  'paused before',
  'paused after',
  'throttled',
  'answer lost',
  'conflict',
  'stale index',
  'signer throttled',
  'signer timed out',
  'connection failed',
  'reset before',
  'reset after',
  'slow',
  'duplicated answer',
  'bad picture',
  'result elsewhere',
  'node down',
  'node lags',
  'node lies',
] as const;
export type CallFault = (typeof callFaults)[number];

/** What can happen to a deployment beside its calls. */
export const worldFaults = [
  /** A caller who has nothing left asks for an edit of a file. */
  'file without a budget',
  'message copied',
  'message delayed',
  'visibility lapsed',
  'deletion lost',
  'task run twice',
  'execution aborted',
  'blocks replaced',
  'finality stalled',
  'cancelled on chain',
  'seller down',
  'stop flipped',
  'switch turned',
  'limits changed',
  'job cancelled',
  'money received',
  'node limits ranges',
  'node limits calls',
  'node forgets state',
  'node answers nothing',
  'node names no final block',
  'node shows removed logs',
  'node shows other logs',
] as const;
export type WorldFault = (typeof worldFaults)[number];

export interface Call {
  readonly kind: FunctionKind;
  /** Such as `ledger.write`. */
  readonly name: string;
  /** Counts the calls of a run, from one. */
  readonly sequence: number;
  readonly invocation: string;
}

/** Decides what a call suffers, and how long it takes. */
export interface FaultPlan {
  decide(call: Call): CallFault | undefined;
  /** Milliseconds. */
  latency(name: string): number;
  /** Milliseconds that a paused invocation sleeps. */
  pause(): number;
}

const write: readonly CallFault[] = ['throttled', 'answer lost'];
const web: readonly CallFault[] = ['connection failed', 'reset after', 'slow'];
const index: readonly CallFault[] = ['throttled', 'stale index'];

const ofCalls: Readonly<Record<string, readonly CallFault[]>> = {
  'ledger.accept': write,
  'ledger.write': [...write, 'conflict', 'conflict'],
  'ledger.overdue': index,
  'ledger.openAuthorizations': index,
  'ledger.findSame': index,
  'chainLedger.moveCursor': write,
  'wallet.signTypedData': ['signer throttled', 'signer timed out'],
  'wallet.signCharge': ['signer throttled', 'signer timed out'],
  'seller.pay': ['connection failed', 'reset before', 'reset after', 'slow', 'duplicated answer'],
  'queue.send': write,
  'queue.hide': write,
  'workflows.start': write,
  'announcements.put': write,
  'assets.putFile': write,
  'assets.putJson': write,
  'downloads.get': ['connection failed', 'bad picture', 'result elsewhere'],
  'node2.finalHead': ['node down', 'node lags', 'node lies'],
};

/** What a call of this name can suffer beyond the death or the sleep of whoever makes it. */
export function portFaults(name: string): readonly CallFault[] {
  const own = ofCalls[name];
  if (own) return own;
  if (name.startsWith('seller.')) return web;
  if (name.startsWith('node1.')) return ['node down'];
  if (name.startsWith('node2.')) return ['node down', 'node lies'];
  return name === 'sleep' ? [] : ['throttled'];
}

/** The faults of the process itself. */
export const processFaults: readonly CallFault[] = [
  'killed before',
  'killed after',
  'paused before',
  'paused after',
];
