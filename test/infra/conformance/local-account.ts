import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWorld, type WorldOptions } from '../../../infra/local/world/start-world.ts';
import type { World } from '../../../infra/local/world/world.ts';

type Resources = Record<string, { Type: string; Properties?: Record<string, unknown> }>;

/** A role that may do everything, for functions whose permissions are not the subject. */
const ADMIN_ROLE = {
  Type: 'AWS::IAM::Role',
  Properties: {
    Policies: [{ PolicyDocument: { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } } }],
  },
};

/** A function of the given ES module source under the role `Admin`. */
function functionResource(id: string): Resources[string] {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: 'assets', S3Key: `${id}.zip` },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Role: { 'Fn::GetAtt': ['Admin', 'Arn'] },
      Timeout: 3,
      MemorySize: 256,
    },
  };
}

export type Account = { readonly world: World; readonly directory: string; close(): Promise<void> };

/**
 * Starts a world from a hand-written template: what we rely on is asserted against the emulators, not against CDK.
 * `functions` are ES module sources by logical id.
 */
export async function startAccount(
  resources: Resources,
  functions: Record<string, string> = {},
  options: Partial<WorldOptions> = {},
): Promise<Account> {
  const directory = mkdtempSync(join(tmpdir(), 'coinbooth-account-'));
  const files: Record<string, unknown> = {};
  const all: Resources = { Admin: ADMIN_ROLE };
  for (const [id, source] of Object.entries(functions)) {
    mkdirSync(join(directory, `asset.${id}`));
    writeFileSync(join(directory, `asset.${id}`, 'index.mjs'), source);
    files[id] = { source: { path: `asset.${id}`, packaging: 'zip' } };
    all[id] = functionResource(id);
  }
  const template = { Resources: { ...all, ...resources } };
  const artifacts = {
    'account.assets': { type: 'cdk:asset-manifest', properties: { file: 'account.assets.json' } },
    account: { type: 'aws:cloudformation:stack', properties: { templateFile: 'account.template.json' } },
  };
  writeFileSync(join(directory, 'account.assets.json'), JSON.stringify({ files }));
  writeFileSync(join(directory, 'account.template.json'), JSON.stringify(template));
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ artifacts }));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    const world = await startWorld({ assemblyDir: directory, httpPort: 0, log: () => {}, ...options });
    return {
      world,
      directory,
      async close() {
        await world.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Waits until `probe` answers something, asking every 20 ms; throws after `timeoutMs`. */
export async function eventually<T>(probe: () => T | undefined | false, timeoutMs = 10_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`nothing after ${timeoutMs} ms: ${probe.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
