import { rpcTo } from '../../../../infra/local/chain/rpc.ts';
import type { FaultName } from '../../../../infra/local/seller/faults.ts';
import { controlIn } from '../../../../shared/aws/dynamodb-control.ts';
import { dynamoDbWith } from '../../../../shared/aws/dynamodb-table.ts';
import type { TestBooth } from '../../../flow/test-booth.ts';
import type { Tally } from '../tally.ts';
import type { Sink } from './sinks.ts';

export interface Visit {
  readonly booth: TestBooth;
  readonly tally: Tally;
  /** In every prompt. */
  readonly canary: string;
  /** Answers of the API. */
  readonly answers: Sink[];
  /** Signatures of presigned URLs that callers were given. */
  readonly presigned: Set<string>;
}

const patienceMilliseconds = 60_000;
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + patienceMilliseconds;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`still not: ${what}`);
    await pause(200);
  }
}

/** Asks the API as a caller does, and keeps the answer. */
async function ask(
  visit: Visit,
  body: unknown,
  offering?: string,
  init: RequestInit = {},
): Promise<string | undefined> {
  const response = await visit.booth.post(body, init, offering);
  const text = await response.text();
  visit.answers.push({ name: `answer ${response.status} of the API`, text });
  const { jobId } = JSON.parse(text) as { jobId?: string };
  return response.ok ? jobId : undefined;
}

/** Looks at a job as its caller does; the link to the picture is the caller's, for a while, and nobody else's. */
async function look({ booth, answers, presigned }: Visit, jobId: string): Promise<string> {
  const text = await (await fetch(`${booth.world.apiOrigin}/api/jobs/${jobId}`)).text();
  for (const [, signature] of text.matchAll(/X-Amz-Signature=([0-9a-f]{64})/g))
    if (signature) presigned.add(signature);
  // The failed job's own words are for the caller's eyes, and may echo what was asked.
  answers.push({
    name: 'a job as its caller sees it',
    text: text.replaceAll(/https?:[^"]*X-Amz-[^"]*/g, ''),
  });
  return text;
}

async function finish(visit: Visit, jobId: string | undefined): Promise<void> {
  if (jobId === undefined) throw new Error('A request was not taken.');
  const { detail } = await visit.booth.ended(jobId);
  visit.tally.count(`jobs ${detail.status}`);
  await look(visit, jobId);
}

/** Purchases with every fault of `faults` among them. */
export async function buyThrough(visit: Visit, faults: readonly FaultName[], plain: number): Promise<void> {
  const { booth, canary } = visit;
  for (const fault of faults) booth.sandbox?.seller.faults.set(fault, { times: 1 });
  const picture = (index: number) => ({
    prompt: `${canary} number ${index}`,
    resolution: '0.5 MP',
    seed: index,
  });
  const indexes = Array.from({ length: faults.length + plain }, (_, index) => index);
  const jobIds = await Promise.all(indexes.map((index) => ask(visit, picture(index))));
  await Promise.all(jobIds.map((jobId) => finish(visit, jobId)));
  booth.sandbox?.seller.faults.clear();
  const first = await ask(visit, picture(1_000));
  await finish(visit, first);
  const edit = { prompt: `${canary}, at night`, images: [first], resolution: '0.5 MP' };
  await finish(visit, await ask(visit, edit, 'flux-2-pro/edit'));
}

/** Requests that are refused at the door, each with words that the answer has no need to repeat. */
export async function askWrongly(visit: Visit): Promise<void> {
  const { canary } = visit;
  const prompt = `${canary}, in vain`;
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'the same' };
  await ask(visit, { prompt, resolution: '9 MP' });
  await ask(visit, { prompt, nonsense: 1 });
  await ask(visit, { prompt: [prompt] });
  await ask(visit, `{"prompt":"${prompt}"`);
  await ask(visit, { prompt: `${prompt}${'x'.repeat(70_000)}` });
  await ask(visit, { prompt, images: ['upload:00000000-0000-4000-8000-000000000000'] }, 'flux-2-pro/edit');
  await ask(visit, { prompt }, 'flux-2-pro/generate', { headers: { 'content-type': 'text/plain' } });
  await finish(visit, await ask(visit, { prompt, maxPrice: '0.000001' }, undefined, { headers }));
  await ask(visit, { prompt: `${prompt} twice` }, undefined, { headers });
}

/** Stops everything, lets one authorization run out unpaid, and closes all money by final blocks. */
export async function closeMoney(visit: Visit): Promise<void> {
  const { booth, canary } = visit;
  const { world, sandbox } = booth;
  const table = world.resource('Ledger', 'AWS::DynamoDB::GlobalTable').ref;
  const control = controlIn(table, dynamoDbWith(world.sdk('dynamodb')));
  const say = (enabled: boolean) =>
    control.writeSigning({ enabled, reason: 'a drill', by: 'the proof', at: Date.now() });

  sandbox?.seller.faults.set('lost-request');
  const lost = (await ask(visit, { prompt: `${canary}, lost`, resolution: '0.5 MP' })) ?? '';
  await until('sent in vain', async () => (await look(visit, lost)).includes('"money":"open"'));
  await say(false);
  const waiting = await ask(visit, { prompt: `${canary}, stopped`, resolution: '0.5 MP' });
  await rpcTo(sandbox?.chain.rpcUrl ?? '')('evm_increaseTime', [400]);
  await until('all money known', async () => {
    const outcome = await world.invoke('reconciler', {});
    visit.answers.push({ name: 'the reconciler’s report', text: JSON.stringify(outcome) });
    const [first] = (outcome.ok ? outcome.payload : []) as { open: number; dead: number }[];
    visit.tally.count('proven dead', first?.dead ?? 0);
    return first?.open === 0;
  });
  await finish(visit, lost);
  sandbox?.seller.faults.clear();
  await rpcTo(sandbox?.chain.rpcUrl ?? '')('evm_increaseTime', [-400]).catch(() => undefined);
  if (waiting !== undefined) await look(visit, waiting);
}
