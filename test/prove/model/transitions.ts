import type { Effect } from '../../../shared/core/job.ts';
import type { JobEvent } from '../../../shared/core/job-event.ts';
import type { Job } from '../../../shared/core/job-record.ts';

/**
 * The delivery axis as data: the model moves by this table alone, and a test walks the product's own
 * `nextStep`, `evolve` and ledger to see that they do nothing that is not in it. Uploads are not modelled: each is a
 * purchase of its own under the same rules.
 */

export type Status = Job['status'];

/** Numbered, so that a status fits a few bits. */
export const statuses = [
  'accepted',
  'reserved',
  'authorized',
  'unsettled',
  'submitted',
  'delivered',
  'refused',
  'unpaid',
  'undelivered',
  'unresolved',
] as const satisfies readonly Status[];

/**
 * Events of the product by name; what a final block proves is two, since they lead to different places. So do the ends of a
 * picture that nobody was paid for, as one showed before: `free`.
 */
export type Event =
  | Exclude<
      JobEvent['type'],
      | 'proven'
      | 'uploading'
      | 'uploadBegun'
      | 'prepared'
      | 'stored'
      | 'uploadsAsked'
      | 'exposureOver'
      // What an operator does with a result that is not taken moves no money and no status.
      | 'unheld'
      | 'released'
      | 'discarded'
    >
  | 'settled'
  | 'dead'
  | 'free';

type Moves = Readonly<Partial<Record<Status, Status>>>;

const stay = (...all: readonly Status[]): Moves => Object.fromEntries(all.map((status) => [status, status]));
const open = ['accepted', 'reserved', 'authorized', 'unsettled', 'submitted'] as const;
const ends = ['delivered', 'refused', 'unpaid', 'undelivered', 'unresolved'] as const;

export const transitions: Readonly<Record<Event, Moves>> = {
  postponed: stay(...open),
  requeued: stay(...open, ...ends),
  cancelled: stay('accepted', 'reserved'),
  reserved: { accepted: 'reserved', reserved: 'reserved' },
  authorized: { reserved: 'authorized' },
  sending: stay('authorized', 'unsettled'),
  unsettled: { authorized: 'unsettled', unsettled: 'unsettled' },
  lookedUp: stay('authorized', 'unsettled'),
  submitted: { authorized: 'submitted', unsettled: 'submitted', unresolved: 'unresolved' },
  workflowStarted: stay('submitted'),
  rendered: stay('submitted'),
  denied: stay('submitted'),
  assetFailed: stay('submitted'),
  held: stay('submitted'),
  delivered: { submitted: 'delivered' },
  undelivered: { submitted: 'undelivered', authorized: 'undelivered', unsettled: 'undelivered' },
  refused: { accepted: 'refused', reserved: 'refused' },
  unresolved: { authorized: 'unresolved', unsettled: 'unresolved', submitted: 'unresolved' },
  free: { submitted: 'unpaid' },
  settled: stay('authorized', 'unsettled', 'submitted', 'delivered', 'undelivered', 'unresolved'),
  dead: {
    authorized: 'unpaid',
    unsettled: 'unpaid',
    ...stay('submitted', 'delivered', 'undelivered', 'unresolved'),
  },
  announced: stay(...ends),
  resolutionAnnounced: stay('delivered', 'undelivered', 'unresolved'),
};

/** What the stored job may ask for next, by its status. */
export const steps: Readonly<Record<Status, readonly (Effect['do'] | 'rest' | 'wait')[]>> = {
  accepted: ['reserve', 'end', 'wait'],
  reserved: ['reserve', 'sign', 'end', 'wait'],
  authorized: ['send', 'recover', 'end', 'wait'],
  unsettled: ['send', 'recover', 'end', 'wait'],
  submitted: ['startWorkflow', 'end', 'wait'],
  delivered: ['announce', 'announceResolution', 'rest'],
  refused: ['announce', 'rest'],
  unpaid: ['announce', 'rest'],
  // Until its deadline the payment of one that the seller ended stays exposed.
  undelivered: ['announce', 'announceResolution', 'end', 'wait', 'rest'],
  unresolved: ['announce', 'announceResolution', 'rest'],
};

const numberOf = (status: Status): number => statuses.indexOf(status);

/** Where an event leads from a numbered status; minus one where it does not apply. */
export const moved: Readonly<Record<Event, Int8Array>> = Object.fromEntries(
  Object.entries(transitions).map(([event, moves]) => [
    event,
    Int8Array.from(statuses, (status) => {
      const to = moves[status];
      return to === undefined ? -1 : numberOf(to);
    }),
  ]),
) as Record<Event, Int8Array>;

export const is = Object.fromEntries(statuses.map((status, number) => [status, number])) as Record<
  Status,
  number
>;

/** Whether a numbered status is an end. */
export const isEnd = (status: number): boolean => status >= is.delivered;
