import * as z from 'zod';
import type { NoticeBoard } from '../../shared/aws/eventbridge.ts';
import type { Notices } from '../../shared/contracts/event.ts';
import { briefly, type WrongField } from '../../shared/contracts/wrong-field.ts';
import { plainWords } from '../../shared/core/plain-words.ts';
import { parseCallerJson } from '../../shared/protocol/caller-json.ts';
import { derivedId, hashOf } from '../derived-id.ts';
import { misplaced, ourNames } from './misplaced.ts';
import { modelSchema } from './model-name.ts';
import { requestBounds } from './read-body.ts';
import { fieldNames } from './read-cell.ts';
import { type Intake, type Submission, submit } from './submit.ts';

export interface RequestDoor extends Intake {
  readonly notices: NoticeBoard;
}

/** A message of the request queue, and who sent it, as SQS says. */
export interface RequestMessage {
  readonly messageId: string;
  readonly caller: string;
  readonly body: string;
  /** Names of its message attributes, which tools for tracing write too. */
  readonly attributes?: readonly string[];
}

const envelope = z.looseObject({
  model: modelSchema,
  idempotencyKey: z.string().min(1).max(255).optional(),
});

/**
 * Takes one message of the request queue: `{"model": "model/operation", …}` with the fields that the HTTP door takes,
 * and perhaps an `idempotencyKey`. Its job's id follows from the message's, so that a redelivery buys once. What is
 * refused is announced, since nobody waits for an answer.
 * @returns the job's id, or undefined when the request was refused
 */
export async function takeRequest(door: RequestDoor, message: RequestMessage): Promise<string | undefined> {
  const { messageId, caller } = message;
  const jobId = derivedId('request', messageId);
  const taken = await submitted(door, message, jobId);
  if ('job' in taken) return taken.job.jobId;
  // An earlier delivery may have taken it, and what it refers to be gone by now.
  const there = await door.ledger.read(jobId);
  if (there?.caller === caller) return jobId;
  await door.notices.post('RequestRefused', refusalOf(message, taken));
  return undefined;
}

async function submitted(
  door: RequestDoor,
  { body, caller, attributes = [] }: RequestMessage,
  jobId: string,
): Promise<Submission> {
  const read = parseCallerJson(body, requestBounds);
  if ('fault' in read) return wrongBody(read.fault);
  const { data, error } = envelope.safeParse(read.value, { error: plainWords });
  if (!data) {
    const wrong = error.issues.map(({ path, message }) => ({ field: path.join('.') || 'body', message }));
    return { wrong };
  }
  const { model, idempotencyKey, ...request } = data;
  const wrong = misplacedIn(attributes, model);
  if (wrong.length > 0) return { wrong };
  return submit(door, caller, model, request, { jobId, idempotencyKey });
}

/** Attributes that say what a request says, and are not read. */
const misplacedIn = (attributes: readonly string[], model: string): WrongField[] =>
  attributes.length === 0
    ? []
    : misplaced(attributes, ['model', ...ourNames, ...fieldNames(model)]).map((field) => ({
        field,
        message: 'must be in the body, not a message attribute',
      }));

const wrongBody = (message: string): Submission => ({ wrong: [{ field: 'body', message }] });

function refusalOf(
  { messageId, caller }: RequestMessage,
  taken: Exclude<Submission, { job: unknown }>,
): Notices['RequestRefused'] {
  const base = { id: hashOf('request', messageId, 'refused'), caller, messageId };
  if ('conflict' in taken) {
    const message = `The key was used for another request, job ${taken.conflict}.`;
    return { ...base, jobId: taken.conflict, reason: { name: 'IdempotencyConflict', message } };
  }
  const errors = briefly(taken.wrong);
  const message = `Wrong: ${errors.map(({ field }) => field).join(', ')}.`;
  return { ...base, reason: { name: 'InputInvalid', message }, errors };
}
