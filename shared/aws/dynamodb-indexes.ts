/** Index of the jobs that are not finished, of open authorizations, and of losses, each by the time it is due. */
export const dueIndex = {
  name: 'due',
  partitionKey: 'due',
  sortKey: 'dueAt',
  partition: 'due',
  money: 'money',
  losses: 'losses',
} as const;

/** Indexes of a caller's jobs, and of the jobs that ask for the same, by time. */
export const callerIndex = { name: 'caller', partitionKey: 'caller', sortKey: 'acceptedAt' } as const;
export const requestIndex = { name: 'request', partitionKey: 'requestHash', sortKey: 'acceptedAt' } as const;
