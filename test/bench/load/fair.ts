import { setTimeout as sleep } from 'node:timers/promises';
import { inboxPrefix } from '../../../functions/intake/manifest-desk.ts';
import type { Tap } from '../../../infra/local/aws/call.ts';
import { ledgerIn } from '../../../shared/aws/dynamodb.ts';
import { controlIn } from '../../../shared/aws/dynamodb-control.ts';
import { dynamoDbWith } from '../../../shared/aws/dynamodb-table.ts';
import { inboxIn } from '../../../shared/aws/s3-manifests.ts';
import { requestSigner } from '../../../shared/aws/sign-request.ts';
import { acceptedSchema } from '../../../shared/contracts/http.ts';
import { openTestBooth, type TestBooth } from '../../flow/test-booth.ts';
import { type Part, rounded } from '../part.ts';
import { quantile } from '../peers/statistics.ts';

const sizes = {
  short: { lines: 100, aloneSeconds: 5, besideSeconds: 10 },
  whole: { lines: 1_000, aloneSeconds: 15, besideSeconds: 40 },
} as const;
/** So many lines wait before the first single request is made: more than the payer takes at once. */
const backlog = 40;
/** After the last request, a second apart: it is given time to be paid for. */
const mostLooks = 8;
const picture = { prompt: 'a kite among many', resolution: '0.5 MP' };
const another = {
  accessKeyId: 'another',
  userId: 'AIDAANOTHER',
  userArn: 'arn:aws:iam::000000000000:user/another',
};

/** Who asks for one picture while the manifest's caller has a thousand. */
type Whose = 'its caller' | 'another caller';

/** Seconds until each was paid for, by who asked; of what was not, until we stopped looking. */
type Waits = Record<Whose, { readonly seconds: number[]; unpaid: number }>;

const tableOf = (world: TestBooth['world']): string =>
  world.resource('Ledger', 'AWS::DynamoDB::GlobalTable').ref;

/** `npm run bench -- fair`: a request each second beside a manifest of a thousand lines, with and without groups. */
export const fair: Part = {
  name: 'fair',
  claim:
    'Single requests beside a manifest of a thousand lines: seconds until they are paid for, with groups of the queue and without.',
  async measure({ isShort, say }) {
    const { lines, aloneSeconds, besideSeconds } = sizes[isShort ? 'short' : 'whole'];
    const counts: Record<string, number> = { lines };
    const note = (when: string, waits: Waits): void => {
      for (const [who, { seconds, unpaid }] of Object.entries(waits))
        Object.assign(counts, {
          [`${when}, ${who}: requests`]: seconds.length,
          [`${when}, ${who}: not paid when we stopped looking`]: unpaid,
          [`${when}, ${who}: seconds p50`]: rounded(quantile(seconds, 0.5)),
          [`${when}, ${who}: seconds p95`]: rounded(quantile(seconds, 0.95)),
        });
    };
    for (const [when, isGrouped] of [['grouped', true] as const, ['not grouped', false] as const]) {
      let paid = 0;
      const tap: Tap = ({ service, operation, input, phase }) => {
        if (phase === 'after' && operation === 'StartExecution') paid += 1;
        const { MessageGroupId: group } = input;
        if (isGrouped || phase === 'after' || service !== 'sqs' || group === undefined) return;
        delete (input as { MessageGroupId?: unknown }).MessageGroupId;
      };
      const booth = await openTestBooth({
        settings: {},
        // Longer than anybody looks: what is measured is the way to the payment, on cores that all the rest would share.
        sandbox: { renderSeconds: 600, pictureStyle: 'plain' },
        callers: [another],
        taps: [tap],
      });
      try {
        await askEachSecond(booth, 2);
        if (isGrouped) note('alone', await askEachSecond(booth, aloneSeconds));
        const bucket = booth.world.resource('Inbox', 'AWS::S3::Bucket').ref;
        const manifest = Array.from({ length: lines }, (_, seed) =>
          JSON.stringify({ model: 'flux-2-pro/generate', ...picture, seed }),
        );
        await inboxIn(bucket, booth.world.sdk('s3')).drop(
          `${inboxPrefix}bench.jsonl`,
          Buffer.from(manifest.join('\n')),
        );
        while (booth.world.queue('Payments').depth().visible < backlog) await sleep(20);
        say(`${when}: ${lines} lines under way`);
        const [before, begun] = [paid, performance.now()];
        const waits = await askEachSecond(booth, besideSeconds);
        const singles = Object.values(waits).reduce((sum, one) => sum + one.seconds.length - one.unpaid, 0);
        const seconds = (performance.now() - begun) / 1000;
        note(when, waits);
        counts[`${when}: lines paid a second`] = rounded((paid - before - singles) / seconds);
        counts[`${when}: lines waiting at the end`] = booth.world.queue('Payments').depth().visible;
        await stop(booth);
      } finally {
        await booth.close();
      }
    }
    return {
      counts,
      notes: [
        ...Object.entries(counts).map(([name, figure]) => `${name}: ${figure}`),
        'Four sandboxes of the payer, five jobs each. What was not paid when we stopped looking counts with what it had waited by then: such a figure is a lower bound. The local queue finds a group noisy at once; AWS promises no time.',
      ],
    };
  },
};

/** Stops all signing and lets what is being paid for be paid: a seller that settles is not to lose its chain. */
async function stop({ world }: TestBooth): Promise<void> {
  await controlIn(tableOf(world), dynamoDbWith(world.sdk('dynamodb'))).writeSigning({
    enabled: false,
    reason: 'It was looked at for long enough.',
    by: 'bench',
    at: Date.now(),
  });
  const until = Date.now() + 15_000;
  while (world.queue('Payments').depth().inFlight > 0 && Date.now() < until) await sleep(50);
}

/** The operator's requests need no signature, another caller's do. */
async function headersOf(
  world: TestBooth['world'],
  who: Whose,
  body: string,
): Promise<Record<string, string>> {
  const headers = { 'content-type': 'application/json' };
  if (who === 'its caller') return headers;
  const url = new URL('/api/generate/flux-2-pro/generate', world.apiOrigin);
  const sign = requestSigner(world.apiOrigin, world.sdk('execute-api', another.accessKeyId));
  return { ...headers, ...(await sign({ method: 'POST', url, headers, body })) };
}

/** Asks for a picture each second, of either caller in turn, for so long. */
async function askEachSecond(booth: TestBooth, seconds: number): Promise<Waits> {
  const { world } = booth;
  const asked: Promise<{ who: Whose; jobId: string; at: number }>[] = [];
  const until = Date.now() + seconds * 1000;
  for (let second = 0; Date.now() < until; second += 1) {
    const who: Whose = second % 2 === 0 ? 'its caller' : 'another caller';
    const at = Date.now();
    const body = JSON.stringify({ ...picture, seed: 10_000 + second });
    asked.push(
      headersOf(world, who, body)
        .then((headers) => booth.post(body, { headers }))
        .then(async (response) => {
          const { jobId } = acceptedSchema.parse(await response.json());
          return { who, jobId, at };
        }),
    );
    await sleep(at + 1000 - Date.now());
  }
  const jobs = await Promise.all(asked);
  const ledger = ledgerIn(tableOf(world), dynamoDbWith(world.sdk('dynamodb')));
  for (let looks = 1; ; looks += 1) {
    const waits: Waits = {
      'its caller': { seconds: [], unpaid: 0 },
      'another caller': { seconds: [], unpaid: 0 },
    };
    const now = Date.now();
    for (const { who, jobId, at } of jobs) {
      const { submittedAt } = (await ledger.read(jobId)) ?? {};
      if (submittedAt === undefined) waits[who].unpaid += 1;
      waits[who].seconds.push(((submittedAt ?? now) - at) / 1000);
    }
    const isOver = Object.values(waits).every(({ unpaid }) => unpaid === 0) || looks === mostLooks;
    if (isOver) return waits;
    await sleep(1000);
  }
}
