import { expect, test } from 'vitest';
import type { Job } from '../../shared/core/job-record.ts';
import { openBooth, type Watch } from './booth.ts';
import type { Manner } from './scripted-seller.ts';

const sendsOf = (job: Job): number => job.purchase?.sends ?? 0;

// What was permitted before the switch may still go its way; from then on nothing new is (safety.md I9).
test.each<Manner>(['honest', 'loses its answer', 'does nothing'])(
  'the stop switch, thrown before any effect of a purchase from a seller that %s: no leave to send after it',
  async (manner) => {
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
        await booth.ledger.control.writeSigning({ enabled: false, reason: 'a drill', by: 'a test', at: 0 });
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
