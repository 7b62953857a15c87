/** Index of the jobs that are not finished, by the time they are due. */
export const dueIndex = {
  name: 'due',
  partitionKey: 'due',
  sortKey: 'dueAt',
  partition: 'due',
  money: 'money',
} as const;

/** Indexes of a caller's jobs, and of the jobs that ask for the same, by time. */
export const callerIndex = { name: 'caller', partitionKey: 'caller', sortKey: 'acceptedAt' } as const;
export const requestIndex = { name: 'request', partitionKey: 'requestHash', sortKey: 'acceptedAt' } as const;
