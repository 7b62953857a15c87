import { Hono } from 'hono';
import { z } from 'zod';
import { type FaultMenu, isFaultName } from './faults.ts';

const Order = z.object({
  name: z
    .string()
    .refine(isFaultName, 'There is no such fault; GET /sandbox/faults lists them')
    .transform((name) => name),
  times: z.int().positive().optional(),
  seconds: z.number().positive().max(600).optional(),
});

/** The fault menu over HTTP: GET lists it, POST `{name, times?, seconds?}` orders, DELETE (`?name=`) clears. */
export function faultRoutes(faults: FaultMenu): Hono {
  return new Hono()
    .get('/', (c) => c.json({ faults: faults.list() }))
    .post('/', async (c) => {
      const order = Order.safeParse(await c.req.json().catch(() => undefined));
      if (!order.success) return c.json({ error: 'Validation failed', issues: order.error.issues }, 400);
      const { name, times, seconds } = order.data;
      if (!isFaultName(name)) return c.json({ error: 'Validation failed' }, 400);
      faults.set(name, {
        ...(times === undefined ? {} : { times }),
        ...(seconds === undefined ? {} : { seconds }),
      });
      return c.json({ faults: faults.list().filter((fault) => fault.on) });
    })
    .delete('/', (c) => {
      const name = c.req.query('name');
      if (name !== undefined && !isFaultName(name)) return c.json({ error: 'There is no such fault' }, 404);
      faults.clear(name);
      return c.json({ faults: faults.list().filter((fault) => fault.on) });
    });
}
