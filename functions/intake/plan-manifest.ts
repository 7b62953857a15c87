import * as z from 'zod';
import type { BadLine, GoodLine, Plan, Refusal } from '../../shared/contracts/manifest.ts';
import { briefly, type WrongField } from '../../shared/contracts/wrong-field.ts';
import { canonical } from '../../shared/core/canonical.ts';
import { catalogue } from '../../shared/core/catalogue.ts';
import { ceilingOf } from '../../shared/core/ceiling.ts';
import { manifestLimits } from '../../shared/core/manifest.ts';
import { formatUsd } from '../../shared/core/money.ts';
import { plainWords } from '../../shared/core/plain-words.ts';
import { paidAssets } from '../../shared/core/policy.ts';
import { uploadEntry, uploadOffering } from '../../shared/core/upload.ts';
import { atMost } from '../at-most.ts';
import { budgetLeft } from '../budget-left.ts';
import { derivedId } from '../derived-id.ts';
import { check } from './check.ts';
import { atOnce, type ManifestDesk } from './manifest-desk.ts';
import { modelSchema } from './model-name.ts';
import type { RawLine } from './parse-manifest.ts';
import { deliveredBefore } from './submit.ts';

type Place = Pick<Plan, 'manifestId' | 'caller' | 'bucket' | 'key'>;

const labelSchema = z
  .union([z.string(), z.number()])
  .transform(String)
  .refine((label) => label.length <= manifestLimits.labelCharacters, {
    error: `must be at most ${manifestLimits.labelCharacters} characters`,
  })
  .optional();

/**
 * Checks every line of a manifest before anything is bought, and gives each good one its job's id: of caller, place in
 * the inbox, what the line says, and how many like it came before. So a line may move, and a manifest that is dropped
 * again, or corrected, buys only what is new. A label says nothing of what is bought, and has no part in it.
 * @returns the plan; or why nothing of it is bought, with the bad lines
 */
export async function planManifest(
  desk: ManifestDesk,
  place: Place,
  lines: readonly RawLine[],
): Promise<{ plan: Plan } | { refused: Refusal; bad: BadLine[] }> {
  const seen = new Map<string, number>();
  const identified = lines.map((raw) => {
    if ('errors' in raw) return { raw, jobId: '' };
    const { id: _label, ...said } = raw.value;
    const content = canonical(said);
    const nth = (seen.get(content) ?? 0) + 1;
    seen.set(content, nth);
    const { caller, bucket, key } = place;
    return { raw, jobId: derivedId('manifest-line', caller, bucket, key, content, String(nth)) };
  });
  const checked = await atMost<(typeof identified)[number], GoodLine | BadLine>(
    atOnce,
    identified,
    async ({ raw, jobId }) => ('errors' in raw ? raw : checkLine(desk, place.caller, raw, jobId)),
  );
  const good = checked.filter((line) => 'jobId' in line);
  const bad = checked.filter((line) => 'errors' in line);
  const totalAtomic = good.reduce((sum, line) => sum + mostOf(desk, line), 0n);
  if (totalAtomic > desk.ceilingAtomic) return { refused: tooDear(totalAtomic, desk.ceilingAtomic), bad };
  const short =
    (await overBudget(desk, place.caller, totalAtomic)) &&
    (await overBudget(desk, place.caller, totalAtomic - (await takenBefore(desk, good))));
  return short ? { refused: short, bad } : { plan: { ...place, good, bad } };
}

async function checkLine(
  desk: ManifestDesk,
  caller: string,
  { line, value }: Extract<RawLine, { value: unknown }>,
  jobId: string,
): Promise<GoodLine | BadLine> {
  const { id, model, ...request } = value;
  const label = labelSchema.safeParse(id, { error: plainWords });
  const name = modelSchema.safeParse(typeof model === 'string' ? model.trim() : model, { error: plainWords });
  const place = { line, ...(label.data !== undefined && { id: label.data }) };
  const wrong: WrongField[] = [
    ...(label.error?.issues ?? []).map(({ message }) => ({ field: 'id', message })),
    ...(name.error?.issues ?? []).map(({ message }) => ({ field: 'model', message })),
  ];
  const found = name.data === undefined ? { wrong: [] } : await check(desk, caller, name.data, request);
  if ('wrong' in found) wrong.push(...found.wrong);
  if ('wrong' in found || wrong.length > 0) return { ...place, errors: briefly(wrong) };
  const { body, controls, references, requestHash } = found;
  const same = controls.reuse ? await deliveredBefore(desk, requestHash) : undefined;
  return {
    ...place,
    jobId: same?.jobId ?? jobId,
    model: found.name,
    body,
    requestHash,
    ...(controls.maxPrice !== undefined && { maxPriceAtomic: controls.maxPrice }),
    ...(references.length > 0 && { references: [...references] }),
    ...(same && { reused: true }),
  };
}

/** The most that a line may cost, with a place at the seller for each of its files; never more than its own limit. */
function mostOf({ policy }: ManifestDesk, line: GoodLine): bigint {
  const entry = catalogue[line.model];
  if (line.reused || !entry) return 0n;
  const none = { uploadsAtomic: 0n };
  const upload = ceilingOf(policy, uploadOffering, uploadEntry, '{}', none);
  const ours =
    ceilingOf(policy, line.model, entry, line.body, none) + upload * BigInt(line.references?.length ?? 0);
  const theirs = line.maxPriceAtomic === undefined ? ours : BigInt(line.maxPriceAtomic);
  return theirs < ours ? theirs : ours;
}

/** Of a manifest that is dropped again, corrected: what its lines of before may cost, of which nothing is bought anew. */
async function takenBefore(desk: ManifestDesk, lines: readonly GoodLine[]): Promise<bigint> {
  const jobs = await atMost(atOnce, lines, ({ jobId }) => desk.ledger.read(jobId));
  return lines.reduce((sum, line, index) => sum + (jobs[index] ? mostOf(desk, line) : 0n), 0n);
}

/** Against what today leaves of the budgets in all and of the caller; single models' are met line by line. */
async function overBudget(desk: ManifestDesk, caller: string, total: bigint): Promise<Refusal | undefined> {
  const [asset] = paidAssets(desk.policy);
  const [payTo = ''] = desk.policy.payees;
  const { network = '', asset: token = '' } = asset ?? {};
  const { leftAtomic, scope } = await budgetLeft(desk, { caller, payTo, network, asset: token });
  if (total <= leftAtomic) return undefined;
  const [found, allowed] = [total, leftAtomic].map((amount) => formatUsd(amount.toString(), 6));
  return {
    name: 'ManifestOverBudget',
    message: `The good lines may cost ${found} together; today's budget (${scope}) has ${allowed} left.`,
    ...(found !== undefined && { found }),
    ...(allowed !== undefined && { allowed }),
  };
}

function tooDear(total: bigint, ceiling: bigint): Refusal {
  const [found, allowed] = [total, ceiling].map((amount) => formatUsd(amount.toString(), 6));
  return {
    name: 'ManifestTooDear',
    message: `The good lines may cost ${found} together; the ceiling of one manifest is ${allowed}.`,
    ...(found !== undefined && { found }),
    ...(allowed !== undefined && { allowed }),
  };
}
