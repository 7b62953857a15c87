import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Door, DoorEnvironment } from './door.ts';
import { problem } from './problem.ts';
import { describeRoutes } from './routes/describe.ts';
import { generateRoutes } from './routes/generate.ts';
import { jobRoutes } from './routes/jobs.ts';
import { quoteRoutes } from './routes/quote.ts';
import { uploadRoutes } from './routes/uploads.ts';

/**
 * The HTTP door. Who is calling comes from the platform as the binding `caller`; a job of somebody else is not
 * there. Errors are problem documents (RFC 9457). What is served is described in `/openapi.json`.
 */
export function intakeApp(door: Door): Hono<DoorEnvironment> {
  const app = new Hono<DoorEnvironment>();
  for (const routes of [generateRoutes, quoteRoutes, jobRoutes, uploadRoutes, describeRoutes])
    routes(app, door);
  app.notFound(() => problem('NotFound', 'Nothing is served here; /openapi.json lists what is.'));
  app.onError((error) => {
    if (error instanceof HTTPException)
      return problem('InputInvalid', error.message, { status: error.status });
    door.warn('failed', { error: error.name, message: error.message });
    return problem('Defect', 'The request failed on our side; whether a job was taken is not known.');
  });
  return app;
}
