import { expect, test } from 'vitest';
import { describeLedger } from '../aws/ledger.ts';
import { happened, jobAfter, newJob } from './jobs.ts';
import { memoryLedger } from './memory-ledger.ts';

describeLedger('in memory', async () => {
  const ledger = memoryLedger();
  const { headers, control } = ledger;
  return {
    ledger,
    headers,
    control,
    edit: async (key, fields) => ledger.edit(key, fields),
    close: async () => {},
  };
});

test('an injected fault is suffered once, before or after the effect', async () => {
  const ledger = memoryLedger();
  const job = newJob();
  ledger.failNext('accept', 'throw-before');
  await expect(ledger.accept(job)).rejects.toThrow('before');
  expect(await ledger.read(job.jobId)).toBeUndefined();
  ledger.failNext('accept', 'throw-after');
  await expect(ledger.accept(job)).rejects.toThrow('after');
  expect(await ledger.read(job.jobId)).toEqual(job);
  ledger.failNext('write', 'conflict');
  const next = jobAfter(job, happened.refused());
  expect(await ledger.write(next)).toBe('conflict');
  expect(await ledger.write(next)).toBe('written');
});
