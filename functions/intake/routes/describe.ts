import type { Hono } from 'hono';
import { describeModels } from '../describe.ts';
import type { Door, DoorEnvironment } from '../door.ts';
import { guide } from '../guide.ts';
import { openApi } from '../openapi.ts';
import { notAllowed } from '../problem.ts';

/** A deployment replaces it all at once; until then it is the same for every caller. */
const cached = { 'cache-control': 'private, max-age=300' };

/** What can be asked for, for programs and people. Made when it is first asked for: a cold start pays for none of it. */
export function describeRoutes(app: Hono<DoorEnvironment>, { policy }: Door): void {
  const models = once(() => JSON.stringify(describeModels(policy)));
  const document = once(() => JSON.stringify(openApi()));
  const texts: readonly [path: string, type: string, text: () => string][] = [
    ['/api/models', 'application/json', models],
    ['/api/openapi.json', 'application/json', document],
    ['/openapi.json', 'application/json', document],
    ['/llms.txt', 'text/plain; charset=utf-8', () => guide],
  ];
  for (const [path, type, text] of texts) {
    app.get(path, (c) => c.body(text(), 200, { ...cached, 'content-type': type }));
    app.all(path, () => notAllowed('GET, HEAD'));
  }
}

function once(make: () => string): () => string {
  let made: string | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
