import { expect, test } from 'vitest';
import type { Job } from '../../shared/core/job-record.ts';
import { payeeScope } from '../../shared/core/switches.ts';
import { policy } from '../core/offers.ts';
import { type Booth, openBooth, type Watch } from './booth.ts';
import type { Manner } from './scripted-seller.ts';

const sendsOf = (job: Job): number => job.purchase?.sends ?? 0;

// What was permitted before the switch may still go its way; from then on nothing new is.
const manners: readonly Manner[] = ['honest', 'loses its answer', 'does nothing'];
const said = { enabled: false, reason: 'a drill', by: 'a test', at: 0 };
const switches: readonly (readonly [string, (booth: Booth, job: Job) => Promise<void>])[] = [
  ['the stop switch', ({ ledger }) => ledger.control.writeSigning(said)],
  ...(
    [
      ['of its caller', ({ caller }) => `caller:${caller}`],
      ['of its model', ({ offering }) => `model:${offering}`],
      // As the tests' seller is paid: the job itself may not know it yet.
      ['of its payee', () => payeeScope(policy.payees[0] ?? '')],
    ] as readonly [string, (job: Job) => string][]
  ).map(
    ([name, scopeOf]) =>
      [
        `the switch ${name}`,
        ({ ledger }: Booth, job: Job) => ledger.control.writeSwitch({ scope: scopeOf(job), ...said }),
      ] as const,
  ),
];

test.each(switches.flatMap(([name, stop]) => manners.map((manner) => [name, manner, stop] as const)))(
  '%s, thrown before any effect of a purchase from a seller that %s: no leave to send after it',
  async (_name, manner, stop) => {
    for (let n = 1; ; n += 1) {
      const booth = openBooth();
      booth.seller.manner = manner;
      booth.seller.lists = manner !== 'does nothing';
      const { jobId } = await booth.accept();
      let calls = 0;
      let permitted: number | undefined;
      const throwing: Watch = async () => {
        calls += 1;
        if (calls !== n) return undefined;
        await stop(booth, await booth.read(jobId));
        permitted = sendsOf(await booth.read(jobId));
        return undefined;
      };
      await booth.turn(jobId, throwing).catch((error: Error) => {
        if (error.name !== 'StillRunning') throw error;
      });
      if (permitted === undefined) {
        expect(n).toBeGreaterThan(8);
        return;
      }
      const job = await booth.finish(jobId);
      expect([n, sendsOf(job)]).toEqual([n, permitted]);
      expect(booth.seller.headers.length).toBeLessThanOrEqual(permitted);
    }
  },
);
