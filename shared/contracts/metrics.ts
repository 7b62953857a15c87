/**
 * What functions count for CloudWatch, and what alarms and the dashboard watch: all of them take the names from here, so
 * that no alarm waits for a metric that nobody writes. The namespace is the deployment's name, and `service` the one
 * dimension: every further one would be paid for by the month.
 */
const metric = <Name extends string>(
  name: Name,
  service: 'auditor' | 'jobs' | 'reconciler',
  unit: 'Count' | 'Seconds' | 'Percent' | 'None' = 'Count',
) => ({ name, service, unit });

export const metrics = {
  /** Places in which the seller's own description differs from our catalogue; 0 when it was read and does not. */
  catalogueDrift: metric('CatalogueDrift', 'auditor'),
  /** 1 when that description could not be read, otherwise 0. */
  catalogueUnreadable: metric('CatalogueUnreadable', 'auditor'),

  /** One for each end of a job, called as its event, by the function that announced it; twice where a crash had it announced twice. */
  delivered: metric('JobDelivered', 'jobs'),
  refused: metric('JobRefused', 'jobs'),
  unpaid: metric('JobUnpaid', 'jobs'),
  undelivered: metric('JobUndelivered', 'jobs'),
  unresolved: metric('JobUnresolved', 'jobs'),
  /** From acceptance to the picture in the bucket. */
  timeToPicture: metric('TimeToPicture', 'jobs', 'Seconds'),
  /** Paid for, and nothing came of it: at a job's end, or when its money is known at last. */
  paidNotDelivered: metric('PaidNotDelivered', 'jobs'),
  /** Looks at a result that lies on a host the pin does not allow: one for each, while it waits. */
  resultHeld: metric('ResultHeld', 'jobs'),
  /** Results that inspection refused, kept in quarantine or not. */
  resultQuarantined: metric('ResultQuarantined', 'jobs'),

  /** Of the ledger and the chain, as they are at each look: every five minutes. */
  chainUnread: metric('ChainUnread', 'reconciler'),
  chainUnexplained: metric('ChainUnexplained', 'reconciler'),
  /** Dollars in the wallets, of the last final block. */
  walletBalance: metric('WalletBalance', 'reconciler', 'None'),
  /** Signed, perhaps sent, and not yet shown by a final block to be settled or dead. */
  liveAuthorizations: metric('LiveAuthorizations', 'reconciler'),
  /** Those of them that the seller has not answered with a job, and that no block shows. */
  unknownPayments: metric('UnknownPayments', 'reconciler'),
  oldestAuthorization: metric('OldestAuthorization', 'reconciler', 'Seconds'),
  /** Dollars of today that are held or spent, the limit of the day, and the one as a part of the other. */
  spentToday: metric('SpentToday', 'reconciler', 'None'),
  limitToday: metric('LimitToday', 'reconciler', 'None'),
  budgetUsed: metric('BudgetUsed', 'reconciler', 'Percent'),
  /** Exposure to the payee that is closest to its bound, as a part of that bound. */
  exposureUsed: metric('ExposureUsed', 'reconciler', 'Percent'),
  /** 1 while nothing may be signed. */
  signingStopped: metric('SigningStopped', 'reconciler'),
  /** Models that were stopped for their losses, and payees of two such models, until an operator resumes them. */
  modelsStopped: metric('ModelsStopped', 'reconciler'),
  payeesStopped: metric('PayeesStopped', 'reconciler'),
} as const;

export type HouseMetric = (typeof metrics)[keyof typeof metrics];

/** One reading of a metric. */
export type Reading = readonly [metric: HouseMetric, value: number];
