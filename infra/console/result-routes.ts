import { Readable } from 'node:stream';
import { Hono } from 'hono';
import { problem } from '../../functions/intake/problem.ts';
import { quarantinePrefix } from '../../shared/core/refused-result.ts';
import { hostsView, NoSuchHost, turnHost } from '../cli/allow-host.ts';
import type { Deployment } from '../cli/deployment.ts';
import { quarantineLines } from '../cli/quarantine.ts';
import { discardResult, jobIdIn, NotInQuarantine, releaseResult } from '../cli/release-result.ts';
import { hostTurnSchema, type Results } from './answers.ts';

/** Each line costs a read of its job. */
const mostLines = 100;

/** What an operator sees and does of held results and of quarantine (`/operator/…`). */
export function resultRoutes(deployment: Deployment): Hono {
  const routes = new Hono();

  routes.get('/results', async (c) => {
    const [{ pin, allowed, held }, lines] = await Promise.all([
      hostsView(deployment),
      quarantineLines(deployment, mostLines + 1),
    ]);
    const results: Results = {
      ...(pin && { pin: [...pin] }),
      allowed: [...allowed],
      held: [...held],
      quarantine: lines.slice(0, mostLines).flatMap(({ key, jobId, bytes, model, status, reason, at }) => {
        const name = key.slice(quarantinePrefix.length);
        return jobId === undefined ? [] : [{ name, bytes, jobId, model, status, reason, at }];
      }),
      isPartial: lines.length > mostLines,
    };
    return c.json(results);
  });

  routes.post('/hosts', async (c) => {
    const said = hostTurnSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!said.success) return problem('InputInvalid', 'Name a host, and say whether it is allowed.');
    const { host, allowed } = said.data;
    try {
      return c.json({ origin: await turnHost(deployment, host, allowed), allowed });
    } catch (error) {
      if (error instanceof NoSuchHost) return problem('InputInvalid', error.message);
      throw error;
    }
  });

  // A browser saves the bytes and shows them nowhere: they are a stranger's, and inspection refused them.
  routes.get('/quarantine/:name', async (c) => {
    const name = c.req.param('name');
    const key = `${quarantinePrefix}${name}`;
    // Other objects lie in the same bucket.
    const bytes = jobIdIn(key) === undefined ? undefined : await deployment.quarantine.read(key);
    if (!bytes) return problem('NotFound', `There is nothing in quarantine under ${key}.`);
    return c.body(Readable.toWeb(bytes) as ReadableStream, 200, {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${name}.bin"`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    });
  });

  routes.post('/quarantine/:name/release', (c) =>
    found(async () => c.json(await releaseResult(deployment, `${quarantinePrefix}${c.req.param('name')}`))),
  );

  routes.post('/quarantine/:name/discard', (c) =>
    found(async () =>
      c.json({ jobId: await discardResult(deployment, `${quarantinePrefix}${c.req.param('name')}`) }),
    ),
  );

  return routes;
}

/** A result that is not there is told as a problem. */
async function found(act: () => Promise<Response>): Promise<Response> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof NotInQuarantine) return problem('NotFound', error.message);
    throw error;
  }
}
