import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Call, Tap } from '../../../infra/local/aws/call.ts';
import { startWorld } from '../../../infra/local/world/start-world.ts';
import type { World } from '../../../infra/local/world/world.ts';
import { eventually } from '../conformance/local-account.ts';
import { synthesiseTestApp } from './test-app.ts';

type Phased = Call & { phase: 'before' | 'after' };

let app: ReturnType<typeof synthesiseTestApp>;
let world: World;
const calls: Phased[] = [];
let onCall: (call: Phased) => ReturnType<Tap> = () => undefined;

beforeAll(async () => {
  app = synthesiseTestApp();
  const started = performance.now();
  world = await startWorld({
    assemblyDir: app.assemblyDir,
    httpPort: 0,
    log: () => {},
    schedules: 'manual',
    warm: true,
    callers: [
      { accessKeyId: 'someone', userId: 'AIDASOMEONE', userArn: 'arn:aws:iam::000000000000:user/someone' },
    ],
    taps: [
      (call) => {
        calls.push(call);
        return onCall(call);
      },
    ],
  });
  console.log(`world started in ${Math.round(performance.now() - started)} ms`);
});

afterAll(async () => {
  await world?.close();
  app?.remove();
});

function submit(id: string, more: object = {}) {
  return fetch(`${world.apiOrigin}/api/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id, ...more }),
  });
}

const stored = (id: string) => eventually(() => world.object('Pictures', `jobs/${id}.txt`), 15_000);

test('HTTP, function, queue, function, workflow, bucket and bus: one job goes all the way', async () => {
  const answer = await submit('j-1');
  expect(answer.status).toBe(202);
  expect(await answer.json()).toEqual({ id: 'j-1', caller: 'AIDALOCALOPERATOR0001' });
  expect((await stored('j-1')).body.toString()).toBe('picture of j-1');
  const [body] = await eventually(() => {
    const bodies = world.queue('Seen').bodies();
    return bodies.length > 0 && bodies;
  });
  const { detail } = JSON.parse(body ?? '{}');
  expect(await (await fetch(detail.url)).text()).toBe('picture of j-1');
  await eventually(
    () => world.executions().find((execution) => execution.name === 'j-1')?.status === 'SUCCEEDED',
  );
  expect(world.queue('Work').depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  const worked = world.logs().find((line) => line.text.includes('"worked"'));
  expect(worked?.functionId).toMatch(/^Worker/);
  expect(JSON.parse(worked?.text ?? '{}').attributes).toMatchObject({
    SenderId: expect.stringMatching(/^AROA[0-9A-F]{17}:service-Door/),
    MessageGroupId: 'AIDALOCALOPERATOR0001',
    ApproximateReceiveCount: '1',
  });
});

test('an HTTP event is the one that API Gateway makes', async () => {
  const someone = new AwsClient({
    ...world.sdk('execute-api', 'someone').credentials,
    service: 'execute-api',
    region: world.region,
  });
  const answer = await someone.fetch(`${world.apiOrigin}/api/mirror?a=1&a=2&b=%20`, {
    method: 'PUT',
    headers: [
      ['x-one', '1'],
      ['x-one', '2'],
      ['cookie', 'c=1; d=2'],
      ['content-type', 'image/png'],
    ],
    body: new Uint8Array([1, 2, 255]),
  });
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(await answer.json()).toMatchObject({
    version: '2.0',
    routeKey: 'ANY /api/{proxy+}',
    rawPath: '/api/mirror',
    rawQueryString: 'a=1&a=2&b=%20',
    queryStringParameters: { a: '1,2', b: ' ' },
    pathParameters: { proxy: 'mirror' },
    cookies: ['c=1', 'd=2'],
    headers: { 'x-one': expect.stringMatching(/^1, ?2$/) },
    body: Buffer.from([1, 2, 255]).toString('base64'),
    isBase64Encoded: true,
    requestContext: { authorizer: { iam: { userId: 'AIDASOMEONE' } }, http: { method: 'PUT' } },
  });
  const nowhere = await fetch(`${world.apiOrigin}/elsewhere`);
  expect([nowhere.status, await nowhere.json()]).toEqual([404, { message: 'Not Found' }]);
  const huge = { method: 'POST', body: new Uint8Array(10 * 1024 * 1024 + 1) };
  expect((await fetch(`${world.apiOrigin}/api/jobs`, huge)).status).toBe(413);
  const stranger = { headers: { authorization: 'AWS4-HMAC-SHA256 Credential=nobody/x, Signature=0' } };
  expect((await fetch(`${world.apiOrigin}/api/mirror`, stranger)).status).toBe(403);
});

test('a function sees its template’s environment and none of the host’s', async () => {
  process.env.HOST_SECRET = 'of the host';
  const answer = await fetch(`${world.apiOrigin}/api/environment`);
  const { variables } = (await answer.json()) as { variables: Record<string, string> };
  expect(variables.QUEUE_URL).toBe(world.queue('Work').url);
  expect(variables.AWS_LAMBDA_FUNCTION_NAME).toMatch(/^service-Door/);
  expect(variables.HOST_SECRET).toBeUndefined();
});

test('a function’s role is the limit: leading keys, actions, resources', async () => {
  const put = (pk: string) =>
    fetch(`${world.apiOrigin}/api/keys/${encodeURIComponent(pk)}`, { method: 'POST' });
  expect((await put('JOB#1')).status).toBe(201);
  const refused = await put('BUDGET#1');
  expect(refused.status).toBe(403);
  expect(await refused.text()).toMatch(/AccessDeniedException: .*dynamodb:PutItem.*BUDGET#1/s);
});

test('a partial batch failure keeps only what failed, until it succeeds or is dead', async () => {
  await Promise.all([submit('p-1'), submit('p-2', { failTimes: 1 }), submit('p-3', { failTimes: 9 })]);
  await Promise.all(['p-1', 'p-2'].map(stored));
  await eventually(() => world.queue('Dead').depth().visible === 1, 20_000);
  expect(
    world
      .queue('Dead')
      .bodies()
      .map((body) => JSON.parse(body).id),
  ).toEqual(['p-3']);
  expect(world.executions().filter((execution) => execution.name.startsWith('p-'))).toHaveLength(2);
});

test('a worker killed between receipt and effect comes back with the same message', async () => {
  let killed: Phased | undefined;
  onCall = async (call) => {
    if (killed !== undefined || call.operation !== 'StartExecution' || call.phase !== 'before') return;
    killed = call;
    await world.kill(call.functionId ?? '', call.workerId);
  };
  await submit('k-1');
  await stored('k-1');
  onCall = () => undefined;
  expect(killed?.functionId).toMatch(/^Worker/);
  const attempts = calls.filter((call) => call.operation === 'StartExecution' && call.input.name === 'k-1');
  expect(attempts.map((call) => call.phase)).toEqual(['before', 'before', 'after']);
  expect(world.logs().some((line) => line.text.includes('Runtime.ExitError'))).toBe(true);
});

test('a tap can refuse a call, and lose the answer of one that took effect', async () => {
  let injected = 0;
  onCall = (call) => {
    if (call.operation !== 'PutObject' || injected > 0 || call.phase !== 'after') return undefined;
    injected += 1;
    return { fail: 'reset' };
  };
  await submit('l-1');
  await stored('l-1');
  onCall = () => undefined;
  expect(injected).toBe(1);
  // The SDK asks again, and the conditional put says that the first one counted.
  await eventually(
    () => world.executions().find((execution) => execution.name === 'l-1')?.status === 'FAILED',
  );
  expect(world.executions().find((execution) => execution.name === 'l-1')?.error).toBe('PreconditionFailed');
});

test('a schedule can be fired by hand', async () => {
  await world.tick('EveryMinute');
  await eventually(() => world.logs().some((line) => line.text === `scheduled, for ${world.apiOrigin}`));
});

test('the wallet’s key crosses the stacks, and what nobody runs is listed', () => {
  expect(world.key('Wallet').address).toMatch(/^0x[0-9a-fA-F]{40}$/);
  expect(world.ignored.join('\n')).toMatch(/AWS::S3::BucketPolicy[\s\S]*AWS::Lambda::Permission/);
  expect(() => world.resource('Wallet')).toThrow(/2 resources fit Wallet/);
});
