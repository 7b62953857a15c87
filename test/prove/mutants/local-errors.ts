import type { Mutant } from './mutant.ts';

/** What a page or a program on this machine can talk the local stack into. */
export const localErrors: readonly Mutant[] = [
  {
    name: 'L01',
    error: 'a request with credentials is not asked for its Host',
    edits: [
      {
        file: 'infra/loopback/own-site.ts',
        was: '  const host = headers.host?.toLowerCase();',
        is: '  if (headers.authorization !== undefined) return undefined;\n  const host = headers.host?.toLowerCase();',
      },
    ],
    killers: ['test/infra/loopback/listen-on-loopback.test.ts'],
  },
  {
    name: 'L02',
    error: 'a signature names its key and proves nothing',
    edits: [
      {
        file: 'infra/local/aws/verify-signature.ts',
        was: '    if (!isSame(claim.signature, await expectedSignature(request, terms))) throw mismatch(service);',
        is: '    await expectedSignature(request, terms);',
      },
    ],
    killers: ['test/infra/conformance/signature.test.ts'],
  },
  {
    name: 'L03',
    error: 'all identities have the same secret',
    edits: [
      {
        file: 'infra/local/world/identities.ts',
        was: "secrets.set(identity.accessKeyId, randomBytes(30).toString('base64url'));",
        is: "secrets.set(identity.accessKeyId, 'one-secret-for-everybody-in-this-world');\n    randomBytes(1);",
      },
    ],
    killers: ['test/infra/conformance/signature.test.ts'],
  },
  {
    name: 'L04',
    error: 'a signature is good for ever',
    edits: [
      {
        file: 'infra/local/aws/verify-signature.ts',
        was: 'const MAX_SKEW_MS = 15 * 60_000;',
        is: 'const MAX_SKEW_MS = Number.MAX_VALUE;',
      },
    ],
    killers: ['test/infra/conformance/signature.test.ts'],
  },
  {
    name: 'L05',
    error: 'the console shows its answers without the key',
    edits: [
      {
        file: 'infra/console/console-app.ts',
        was: '    if (key !== undefined) app.use(path, withKey(key));',
        is: "    if (key === '') app.use(path, withKey(key));",
      },
    ],
    killers: ['test/infra/console/guard.test.ts'],
  },
  {
    name: 'L40',
    error: 'the console gives out any object as a file in quarantine',
    edits: [
      {
        file: 'infra/console/result-routes.ts',
        was: 'jobIdIn(key) === undefined ? undefined : await',
        is: "key === '' ? undefined : await",
      },
    ],
    killers: ['test/infra/console/results.test.ts'],
  },
  {
    name: 'L06',
    error: 'a data folder that exists stays open to other users',
    edits: [
      {
        file: 'infra/local/booth/claim-folder.ts',
        was: 'if (mode & 0o077) await chmod(folder, 0o700);',
        is: 'if (mode === 0) await chmod(folder, 0o700);',
      },
    ],
    killers: ['test/infra/booth/private-folder.test.ts'],
  },
  {
    name: 'L07',
    error: 'a broken escape in an address that nobody signed is answered with the exception',
    edits: [
      {
        file: 'infra/local/aws/s3-front.ts',
        was: "path.slice(1).split('/').map(decoded);",
        is: "path.slice(1).split('/').map((segment) => decodeURIComponent(segment));",
      },
    ],
    killers: ['test/infra/world/listen-front.test.ts'],
  },
  {
    name: 'L08',
    error: 'a model of the client leads to another path',
    edits: [
      {
        file: 'infra/client/api-path.ts',
        was: 'const modelName = /^[a-z0-9][a-z0-9.-]*',
        is: 'const modelName = /^[a-z0-9.-]*',
      },
    ],
    killers: ['test/infra/client/client.test.ts'],
    title: 'is refused, and nothing is sent',
  },
  {
    name: 'L09',
    error: 'a killed npm leaves what it started behind',
    edits: [
      {
        file: 'infra/local/interruption.ts',
        was: '    if (process.ppid === parent) return;',
        is: '    if (process.ppid > 0) return;',
      },
    ],
    killers: ['test/infra/booth/npm-scripts.test.ts'],
    title: 'an npm that is killed',
  },
  {
    name: 'L10',
    error: "the API drops a request's query",
    edits: [
      {
        file: 'functions/intake/read-body.ts',
        was: '  if (query.length > 0)',
        is: '  if (query.length > 99)',
      },
    ],
    killers: ['test/functions/intake.test.ts'],
  },
  {
    name: 'L11',
    error: 'the queue drops a limit in a message attribute',
    edits: [
      {
        file: 'functions/intake/take-request.ts',
        was: '  if (wrong.length > 0) return { wrong };',
        is: '',
      },
    ],
    killers: ['test/functions/requests.test.ts'],
  },
  {
    name: 'L12',
    error: "an agent's limit beside the arguments is dropped",
    edits: [
      {
        file: 'infra/cli/mcp-input.ts',
        was: '    if (beside.length === 0) return true;',
        is: '    if (beside.length < 9) return true;',
      },
    ],
    killers: ['test/infra/cli/mcp-input.test.ts'],
  },
  {
    name: 'L13',
    error: 'the last of two limits on the command line counts',
    edits: [
      {
        file: 'infra/cli/run-coinbooth.ts',
        was: '      if (isGiven) command',
        is: '      if (!option) command',
      },
    ],
    killers: ['test/infra/cli/build-request.test.ts'],
  },
  {
    name: 'L14',
    error: 'a booth goes on buying when its data folder was removed',
    edits: [
      {
        file: 'infra/local/booth/when-removed.ts',
        was: '    if (isThere || !isWatched) return;',
        is: '    if (isThere || isWatched) return;',
      },
    ],
    killers: ['test/infra/booth/when-removed.test.ts'],
  },
];
