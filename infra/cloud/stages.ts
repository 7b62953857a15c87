import * as z from 'zod';
import { plainWords, wrongLines } from '../../shared/core/plain-words.ts';

const stagesSchema = z
  .record(z.string(), z.record(z.string(), z.unknown()))
  .refine((stages) => Object.keys(stages).every((name) => /^[a-z][a-z0-9-]{0,11}$/.test(name)), {
    message: 'a stage is called by at most twelve small letters, digits and hyphens',
  });

/**
 * The settings of one stage: those of the deployment, with the stage's own over them, field by field; a list takes the
 * place of a list. A stage that has no name of its own is called after the deployment and itself.
 * @param context as in `cdk.json`, unparsed; what it has wrong beside its stages is not looked at here
 * @throws Error when the stage is not there, or none is named where there are some: without a name, it would be another
 *   deployment, with another wallet
 */
export function chosenStage(context: unknown, stage: string | undefined): unknown {
  if (!isRecord(context)) return context;
  const { stages: unread, ...base } = context;
  if (unread === undefined && stage === undefined) return base;
  const parsed = stagesSchema.safeParse(unread ?? {}, { error: plainWords });
  if (!parsed.success) throw new Error(wrongLines(parsed.error, ['coinbooth', 'stages']).join('; '));
  const names = Object.keys(parsed.data).join(', ') || 'none';
  const own = stage === undefined ? undefined : parsed.data[stage];
  if (stage === undefined) throw new Error(`Say which stage, with -c stage=NAME; there are: ${names}`);
  if (own === undefined)
    throw new Error(`There is no stage ${stage} in coinbooth.stages; there are: ${names}`);
  const name = typeof base.name === 'string' ? base.name : 'Coinbooth';
  return over({ ...base, name: `${name}-${stage}` }, own);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const over = (below: Record<string, unknown>, above: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    [...new Set([...Object.keys(below), ...Object.keys(above)])].map((key) => {
      const [low, high] = [below[key], above[key]];
      return [key, isRecord(low) && isRecord(high) ? over(low, high) : (high ?? low)];
    }),
  );
