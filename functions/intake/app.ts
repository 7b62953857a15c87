import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import * as z from 'zod';
import type { PictureStore } from '../../shared/aws/s3.ts';
import type { Accepted, Problem } from '../../shared/contracts/http.ts';
import { catalogue, offeringPath } from '../../shared/core/catalogue.ts';
import { httpProblems } from '../../shared/core/errors.ts';
import type { WrongField } from './check.ts';
import { show } from './show.ts';
import { type Intake, submit } from './submit.ts';

/** The longest prompt is 10,000 characters, of six bytes each when escaped; the rest is small. */
const longestBodyBytes = 64 * 1024;

type Env = { Bindings: { caller: string } };

/**
 * The HTTP door. Who is calling comes from the platform as the binding `caller`; a job of somebody else is not
 * there. Errors are problem documents (RFC 9457).
 */
export function intakeApp(intake: Intake, pictures: PictureStore): Hono<Env> {
  const app = new Hono<Env>();
  const tooLarge = bodyLimit({
    maxSize: longestBodyBytes,
    onError: () => problem('InputInvalid', `The body is larger than ${longestBodyBytes} bytes.`, 413),
  });

  for (const [name, entry] of Object.entries(catalogue)) {
    const path = offeringPath(name);
    app.post(path, tooLarge, async (c) => {
      const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
      if (type !== 'application/json')
        return problem('InputInvalid', 'The body must be JSON, with content type application/json.', 415);
      const request = await c.req.json().catch(() => undefined);
      if (request === undefined) return problem('InputInvalid', 'The body is not JSON.');
      const taken = await submit(intake, c.env.caller, name, request, {
        idempotencyKey: c.req.header('idempotency-key'),
      });
      if ('wrong' in taken) return invalid(taken.wrong);
      if ('conflict' in taken)
        return problem('IdempotencyConflict', `The key was used for another request, job ${taken.conflict}.`);
      const { jobId } = taken.job;
      const accepted: Accepted = { type: entry.type, jobId, status: 'pending', success: true };
      return c.json(accepted, 202, { location: `/api/jobs/${jobId}`, 'cache-control': 'no-store' });
    });
    app.all(path, () => notAllowed('POST'));
  }

  app.get('/api/jobs/:jobId', async (c) => {
    const jobId = z.uuid().safeParse(c.req.param('jobId')).data;
    const job = jobId && (await intake.ledger.read(jobId));
    if (!job || job.caller !== c.env.caller) return problem('NotFound', 'There is no such job of yours.');
    return c.json(await show(pictures, job), 200, { 'cache-control': 'no-store' });
  });
  app.all('/api/jobs/:jobId', () => notAllowed('GET, HEAD'));

  app.notFound(() =>
    problem(
      'NotFound',
      `Nothing is served here. POST to ${Object.keys(catalogue).map(offeringPath).join(', ')}.`,
    ),
  );
  app.onError((error) => {
    if (error instanceof HTTPException) return problem('InputInvalid', error.message, error.status);
    intake.warn('failed', { error: error.name, message: error.message });
    return problem('Defect', 'The request failed on our side; whether a job was taken is not known.');
  });
  return app;
}

function problem(
  name: keyof typeof httpProblems,
  detail: string,
  status: number = httpProblems[name].status,
  more: Pick<Problem, 'errors'> = {},
  headers: Record<string, string> = {},
): Response {
  const document: Problem = {
    type: `urn:coinbooth:problem:${name}`,
    title: httpProblems[name].title,
    status,
    detail,
    ...more,
  };
  return Response.json(document, {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  });
}

const invalid = (wrong: readonly WrongField[]): Response =>
  problem('InputInvalid', `Wrong: ${wrong.map(({ field }) => field).join(', ')}.`, 400, {
    errors: [...wrong],
  });

const notAllowed = (allow: string): Response =>
  problem('MethodNotAllowed', `Allowed here: ${allow}.`, 405, {}, { allow });
