import type { Command } from 'commander';
import type { DeadLetter } from '../../shared/aws/sqs-dead-letters.ts';
import { groupOf, type PaymentMessage, paymentMessageSchema } from '../../shared/contracts/message.ts';
import { moneyOf } from '../../shared/core/job-money.ts';
import { houseCaller, type Job } from '../../shared/core/job-record.ts';
import { type Common, progress, tell, withPlace } from './booth-command.ts';
import { type Deployment, openDeployment } from './deployment.ts';
import { moneyWords } from './describe-job.ts';
import { coinbooth } from './program.ts';
import { readOrNot } from './read-or-not.ts';

/** What was done about a job, or about a letter that names none. */
interface Redriven {
  readonly jobId?: string;
  readonly messageId?: string;
  readonly did:
    | 'resumed'
    | 'already finished'
    | 'left: a final block decides'
    | 'left: there is no such job'
    | 'left: its row cannot be read'
    | 'left: it names no job';
  readonly status?: Job['status'];
  readonly money?: ReturnType<typeof moneyOf>;
}

/** For so long nobody else takes what is being looked at. */
const hideSeconds = 120;
/** The sweeper looks every minute: what is overdue for longer, nobody looks after. */
const stuckMilliseconds = 10 * 60_000;
const mostStuck = 1_000;

/** `coinbooth redrive`: what failed for good is gone on with. */
export function addRedrive(program: Command): void {
  withPlace(program.command('redrive'))
    .description('go on with jobs whose messages failed for good, and with jobs that nobody looks after')
    .argument('[job...]', 'these alone, by their ids')
    .option('--dry-run', 'say what would be gone on with, and do nothing')
    .addHelpText(
      'after',
      `
Examples:
  ${coinbooth} redrive --dry-run
  ${coinbooth} redrive
  ${coinbooth} redrive JOB_ID

A job goes on from what is stored of it: what was signed is sent as the same bytes or not at all, and there is never a
second payment. Exit code: 0 when everything goes on or is finished, 1 when something was left.`,
    )
    .action(redrive);
}

async function redrive(jobIds: readonly string[], options: Common & { dryRun?: boolean }): Promise<void> {
  const deployment = await openDeployment(options);
  const isDry = options.dryRun ?? false;
  const done: Redriven[] = [];
  const note = (one: Redriven): void => {
    done.push(one);
    progress(describe(one, isDry));
  };
  if (jobIds.length > 0) for (const jobId of jobIds) note(await resume(deployment, jobId, isDry));
  else {
    await redriveLetters(deployment, isDry, note);
    const stuck = await deployment.ledger.overdue(Date.now() - stuckMilliseconds, mostStuck);
    for (const jobId of stuck) note(await resume(deployment, jobId, isDry));
  }
  const left = done.filter(({ did }) => did.startsWith('left')).length;
  if (left > 0) process.exitCode = 1;
  const resumed = done.filter(({ did }) => did === 'resumed').length;
  tell(options, { dryRun: isDry, resumed, left, jobs: done }, [
    `${resumed} ${isDry ? 'would go on' : 'go on'}, ${left} left of ${done.length}`,
  ]);
}

/** The letter is removed once its job is queued or finished: a crash between leaves both, which does no harm. */
async function redriveLetters(
  deployment: Deployment,
  isDry: boolean,
  note: (one: Redriven) => void,
): Promise<void> {
  const seen = new Map<string, DeadLetter>();
  for (;;) {
    const letters = (await deployment.deadLetters.receive(hideSeconds)).filter(
      ({ messageId }) => !seen.has(messageId),
    );
    if (letters.length === 0) break;
    for (const letter of letters) {
      seen.set(letter.messageId, letter);
      const message = messageIn(letter);
      const { messageId } = letter;
      const one = await redriveMessage(deployment, message, isDry);
      note({ messageId, ...one });
      if (isDry || one.did.startsWith('left')) continue;
      await deployment.deadLetters.remove(letter);
      seen.delete(messageId);
    }
  }
  for (const letter of seen.values()) await deployment.deadLetters.putBack(letter);
}

async function redriveMessage(
  deployment: Deployment,
  message: PaymentMessage | undefined,
  isDry: boolean,
): Promise<Redriven> {
  if (!message) return { did: 'left: it names no job' };
  if ('jobId' in message) return resume(deployment, message.jobId, isDry);
  if (!isDry) await deployment.payments.send(message, houseCaller);
  return { did: 'resumed' };
}

function messageIn({ body }: DeadLetter): PaymentMessage | undefined {
  try {
    return paymentMessageSchema.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}

/** Has the payer look at a job again; it asks the stored job what is next. */
async function resume({ ledger, payments }: Deployment, jobId: string, isDry: boolean): Promise<Redriven> {
  const job = await readOrNot(ledger, jobId);
  if (job === 'unreadable') return { jobId, did: 'left: its row cannot be read' };
  if (!job) return { jobId, did: 'left: there is no such job' };
  const { status } = job;
  const money = moneyOf(job);
  if (job.dueAt === undefined)
    return { jobId, did: job.end ? 'already finished' : 'left: a final block decides', status, money };
  if (!isDry) await payments.send({ jobId }, groupOf(job));
  return { jobId, did: 'resumed', status, money };
}

const describe = ({ jobId, messageId, did, status, money }: Redriven, isDry: boolean): string => {
  const words = did === 'resumed' && isDry ? 'would be resumed' : did;
  const where = status && money && ` (${status}; ${moneyWords[money]})`;
  return `${jobId ?? `message ${messageId}`} ${words}${where ?? ''}`;
};
