import type { Hono } from 'hono';
import type { Accepted } from '../../../shared/contracts/http.ts';
import { catalogue, offeringPath } from '../../../shared/core/catalogue.ts';
import type { Door, DoorEnvironment } from '../door.ts';
import { keyFault } from '../key-fault.ts';
import { misplaced } from '../misplaced.ts';
import { invalid, notAllowed, problem } from '../problem.ts';
import { readBody, shortBody } from '../read-body.ts';
import { submit } from '../submit.ts';

const places = 'limits are fields of the body, a name for the purchase is the header Idempotency-Key';

/** `POST /api/generate/{model}/{operation}`: takes a job. */
export function generateRoutes(app: Hono<DoorEnvironment>, door: Door): void {
  for (const [name, entry] of Object.entries(catalogue)) {
    const path = offeringPath(name);
    app.post(path, shortBody, async (c) => {
      const idempotencyKey = c.req.header('idempotency-key');
      const fault = keyFault(idempotencyKey);
      if (fault) return invalid([fault]);
      const headers = misplaced(Object.keys(c.req.header())).filter((name) => name !== 'idempotency-key');
      if (headers.length > 0)
        return invalid(headers.map((field) => ({ field, message: `is not read: ${places}` })));
      const read = await readBody(c);
      if ('refused' in read) return read.refused;
      const taken = await submit(door, c.env.caller, name, read.body, { idempotencyKey });
      if ('wrong' in taken) return invalid(taken.wrong);
      if ('conflict' in taken)
        return problem('IdempotencyConflict', `The key was used for another request, job ${taken.conflict}.`);
      const { jobId } = taken.job;
      const accepted: Accepted = { type: entry.type, jobId, status: 'pending', success: true };
      return c.json(accepted, 202, { location: `/api/jobs/${jobId}`, 'cache-control': 'no-store' });
    });
    app.all(path, () => notAllowed('POST'));
  }
}
