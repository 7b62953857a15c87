import { userInfo } from 'node:os';
import { Hono } from 'hono';
import * as z from 'zod';
import { problem } from '../../functions/intake/problem.ts';
import { dayOf } from '../../shared/core/budget.ts';
import { manifestLimits } from '../../shared/core/manifest.ts';
import { budgetToday } from '../cli/budget-today.ts';
import type { Deployment } from '../cli/deployment.ts';
import { attemptKey, readBatch } from '../cli/read-batch.ts';
import { readiness } from '../cli/readiness.ts';
import { NoSuchScope, turnScope } from '../cli/turn-scope.ts';
import { lookAtWallet } from '../cli/wallet-view.ts';
import {
  type Balances,
  type Batch,
  type Booth,
  type Findings,
  type Money,
  sayingSchema,
  turningSchema,
} from './answers.ts';
import { resultRoutes } from './result-routes.ts';
import { showDetail } from './show-detail.ts';

const mostIds = 100;
const idsSchema = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.uuid()).min(1).max(mostIds));

/** What an operator sees and does beside what every caller may (`/operator/…`). Each answer is of `answers.ts`. */
export function operatorRoutes(deployment: Deployment): Hono {
  const { control, settings, wallet, name, ledger } = deployment;
  const routes = new Hono();
  routes.use(async (c, next) => {
    await next();
    c.header('cache-control', 'no-store');
  });

  routes.get('/booth', (c) => {
    const tokens = settings.seller.assets.map(({ network, asset, name: token, decimals }) => ({
      network,
      asset,
      name: token,
      decimals,
    }));
    const booth: Booth = {
      name,
      isLocal: deployment.isLocal,
      needsKey: deployment.needsKey,
      apiOrigin: deployment.api.origin,
      seller: settings.seller.origin,
      payees: [...settings.seller.payees, ...(settings.seller.tempo?.payees ?? [])],
      wallet,
      tokens,
    };
    return c.json(booth);
  });

  routes.get('/money', async (c) => {
    const [{ signing, stopped, today }, purchases] = await Promise.all([
      budgetToday(deployment),
      deployment.spentOn(dayOf(Date.now())),
    ]);
    const money: Money = {
      ...(signing && { signing }),
      stopped: [...stopped],
      today: [...today],
      purchases: { ...purchases, byHour: [...purchases.byHour] },
    };
    return c.json(money);
  });

  routes.get('/balances', async (c) => {
    const { holdings } = await lookAtWallet(deployment);
    const balances: Balances['balances'] = holdings.map(({ network, asset, balance, unknown }) => ({
      network,
      name: settings.seller.assets.find((known) => known.asset === asset)?.name ?? asset,
      ...(balance && { usd: balance.usd, blockNumber: balance.block }),
      ...(unknown !== undefined && { unknown }),
    }));
    return c.json({ balances } satisfies Balances);
  });

  routes.get('/jobs', async (c) => {
    const ids = idsSchema.safeParse(c.req.query('ids') ?? '');
    if (!ids.success) return wrong(`ids must be 1 to ${mostIds} job ids, with commas between`);
    const jobs = await Promise.all(ids.data.map((jobId) => ledger.read(jobId)));
    return c.json({ jobs: jobs.flatMap((job) => (job ? [showDetail(job)] : [])) });
  });

  routes.get('/readiness', async (c) => c.json({ findings: (await readiness(deployment)) as Findings }));

  routes.post('/stop', async (c) => {
    const said = sayingSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!said.success) return wrong('Say why, in up to 500 characters.');
    await control.writeSigning({ enabled: false, ...said.data, by: userInfo().username, at: Date.now() });
    return c.json({ enabled: false });
  });

  routes.post('/resume', async (c) => {
    const said = sayingSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!said.success) return wrong('Say why, in up to 500 characters.');
    const findings = (await readiness(deployment)) as Findings;
    const resumed = findings.every(({ isReady }) => isReady);
    if (resumed)
      await control.writeSigning({ enabled: true, ...said.data, by: userInfo().username, at: Date.now() });
    return c.json({ resumed, findings });
  });

  routes.post('/switch', async (c) => {
    const said = turningSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!said.success) return wrong('Say what to stop or resume, and why, in up to 500 characters.');
    const { scope, enabled, reason } = said.data;
    try {
      return c.json(await turnScope(deployment, scope, enabled, reason));
    } catch (error) {
      if (error instanceof NoSuchScope) return wrong(error.message);
      throw error;
    }
  });

  routes.route('/', resultRoutes(deployment));

  routes.post('/batches', async (c) => {
    const name = c.req.query('name')?.slice(0, longestName) || 'batch';
    if (Number(c.req.header('content-length') ?? 0) > manifestLimits.bytes) return tooLong();
    const bytes = new Uint8Array(await c.req.arrayBuffer());
    if (bytes.byteLength > manifestLimits.bytes) return tooLong();
    try {
      const { good, bad, mostUsd } = readBatch(name, bytes);
      const batch: Batch = {
        good: good.map((line) => ({
          line: line.line,
          ...(line.id !== undefined && { label: line.id }),
          model: line.model,
          request: { ...line.request },
          key: attemptKey(line, 1),
        })),
        bad: bad.map(({ line, errors }) => ({
          line,
          message: errors.map(({ field, message }) => `${field} ${message}`).join('; '),
        })),
        mostUsd,
      };
      return c.json(batch);
    } catch (error) {
      return wrong((error as Error).message);
    }
  });

  return routes;
}

const longestName = 200;
const tooLong = (): Response => wrong(`A file may have up to ${manifestLimits.bytes / 1024 ** 2} MiB.`);

const wrong = (detail: string): Response => problem('InputInvalid', detail);
