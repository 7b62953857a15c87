import { decoded, type MatchedRoute } from './http-event.ts';

export type HttpRoute = {
  /** `METHOD /path/{name}/{proxy+}` or `$default`. */
  readonly routeKey: string;
  readonly functionArn: string;
  readonly requiresIam: boolean;
  readonly apiId: string;
};

type Compiled = {
  readonly route: HttpRoute;
  readonly method: string;
  readonly pattern: RegExp;
  readonly rank: number[];
};

function compile(route: HttpRoute): Compiled {
  if (route.routeKey === '$default') return { route, method: 'ANY', pattern: /^/, rank: [9] };
  const [method = 'ANY', path = '/'] = route.routeKey.split(' ');
  const parts = path.split('/').slice(1);
  const pattern = parts.map((part) => {
    const [, name, greedy] = /^\{([^+}]+)(\+?)\}$/.exec(part) ?? [];
    if (name === undefined) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return `(?<${name.replace(/\W/g, '_')}>${greedy === '+' ? '.+' : '[^/]+'})`;
  });
  // Most specific first, part by part: literal, then variable, then greedy (developer guide, "Routing API requests").
  const rank = parts.map((part) => (/\+\}$/.test(part) ? 2 : part.startsWith('{') ? 1 : 0));
  return {
    route,
    method,
    pattern: new RegExp(`^/${pattern.join('/')}/?$`),
    rank: [...rank, method === 'ANY' ? 1 : 0],
  };
}

function compare(a: Compiled, b: Compiled): number {
  for (let i = 0; i < Math.max(a.rank.length, b.rank.length); i += 1) {
    const difference = (a.rank[i] ?? 0) - (b.rank[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Prepares the routes of an HTTP API; the matcher answers undefined where the API answers 404. */
export function compileRoutes(
  routes: readonly HttpRoute[],
): (method: string, path: string) => (MatchedRoute & { functionArn: string }) | undefined {
  const compiled = routes.map(compile).sort(compare);
  return (method, path) => {
    for (const { route, method: wanted, pattern } of compiled) {
      const match = wanted === 'ANY' || wanted === method ? pattern.exec(path) : null;
      if (match === null) continue;
      const pathParameters = Object.fromEntries(
        Object.entries(match.groups ?? {}).map(([name, value]) => [name, decoded(value ?? '')]),
      );
      return { ...route, pathParameters };
    }
    return undefined;
  };
}
