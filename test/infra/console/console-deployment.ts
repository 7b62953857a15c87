import type { Deployment } from '../../../infra/cli/deployment.ts';
import { createClient } from '../../../infra/client/create-client.ts';
import { consoleApp } from '../../../infra/console/console-app.ts';
import { pageHeader } from '../../../infra/console/guard.ts';
import { type Page, pageFiles } from '../../../infra/console/page-files.ts';
import type { Signing, Switch } from '../../../shared/aws/dynamodb-control.ts';
import type { Job } from '../../../shared/core/job-record.ts';

/** What the console stands before, with an API that is made up: every request to it is kept. */
export function openConsole(
  answer: (request: Request) => Response | Promise<Response> = () => Response.json({ models: [] }),
  options: {
    readonly key?: string;
    readonly isLocal?: boolean;
    /** In the place of ports that are made up here. */
    readonly ports?: object;
  } = {},
) {
  const asked: Request[] = [];
  const jobs = new Map<string, Job>();
  let signing: Signing | undefined;
  const switches = new Map<string, Switch>();
  const api = {
    origin: 'https://api.test',
    sign: async () => ({ authorization: 'AWS4-HMAC-SHA256 signed' }),
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      const request = new Request(input, init);
      asked.push(request.clone());
      return answer(request);
    },
  };
  const deployment = {
    name: 'Booth',
    isLocal: options.isLocal ?? false,
    needsKey: false,
    wallet: '0x00000000000000000000000000000000000000aa',
    limits: { total: 25_000_000, named: {}, exposurePerPayee: 50, floor: 0, version: 0, lossesPerHour: 3 },
    settings: {
      seller: {
        origin: 'https://seller.test',
        payees: [`0x${'bb'.repeat(20)}`],
        assets: [{ network: 'eip155:8453', asset: '0xcc', name: 'USD Coin', version: '2', decimals: 6 }],
      },
      // No node: what the wallet holds is not known.
      chains: {},
      treasury: {},
    },
    control: {
      readSigning: async () => signing,
      writeSigning: async (said: Signing) => {
        signing = said;
      },
      readSwitches: async () => [...switches.values()],
      writeSwitch: async (turned: Switch) => void switches.set(turned.scope, turned),
      readLimits: async () => undefined,
      readBudget: async () => ({ limit: 25_000_000, remaining: 0, held: 30_000, committed: 40_000 }),
      readExposure: async () => ({ payments: 4, atomic: 120_000, delivered: 9, samples: [] }),
    },
    ledger: { read: async (jobId: string) => jobs.get(jobId) },
    spentOn: async () => ({
      isPartial: false,
      byModel: { 'flux-2-pro/generate': { held: 30_000, committed: 0 } },
      byCaller: {},
      byHour: Array.from({ length: 24 }, () => ({ held: 0, committed: 0 })),
    }),
    client: createClient(api),
    api,
    ...options.ports,
  } as unknown as Deployment;
  let page: Promise<Page> | undefined;
  const app = consoleApp(deployment, {
    key: options.key,
    page: () => {
      page ??= pageFiles();
      return page;
    },
  });
  return {
    asked,
    put: (job: Job) => void jobs.set(job.jobId, job),
    signing: () => signing,
    stopped: () => [...switches.values()].flatMap(({ scope, enabled }) => (enabled ? [] : [scope])),
    /** Asks as a browser at the console's own address does. */
    ask: (path: string, init: RequestInit = {}) =>
      app.request(`http://127.0.0.1:4460${path}`, {
        ...init,
        headers: { host: '127.0.0.1:4460', ...init.headers },
      }),
    /** The same, said by the page. */
    say: (path: string, init: RequestInit = {}) =>
      app.request(`http://127.0.0.1:4460${path}`, {
        ...init,
        headers: { host: '127.0.0.1:4460', [pageHeader]: 'page', ...init.headers },
      }),
  };
}
