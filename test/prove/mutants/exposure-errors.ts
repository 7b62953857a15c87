import type { Mutant } from './mutant.ts';

const killers = ['test/functions/exposure.test.ts'];
const breakerKillers = ['test/functions/breaker.test.ts'];

/** What bounds the money that one payee may have and give nothing for. */
export const exposureErrors: readonly Mutant[] = [
  {
    name: 'E01',
    error: 'a job id of the seller takes a payment out of the exposure',
    edits: [
      {
        file: 'shared/core/exposure.ts',
        was: "  if (!isEnded && proof?.state !== 'dead') return job;",
        is: "  if (!isEnded && job.sellerJobId === undefined && proof?.state !== 'dead') return job;",
      },
    ],
    killers,
  },
  {
    name: 'E02',
    error: 'a settlement takes a payment out of the exposure',
    edits: [
      {
        file: 'shared/core/exposure.ts',
        was: "  if (!isEnded && proof?.state !== 'dead') return job;",
        is: '  if (!isEnded && !job.settlement?.success && proof === undefined) return job;',
      },
    ],
    killers,
  },
  {
    name: 'E03',
    error: 'the dollars that are exposed are not bounded',
    edits: [
      {
        file: 'shared/core/exposure.ts',
        was: '  atomic: Math.max(exposureDollars(limits), amountAtomic),',
        is: '  atomic: Number.MAX_SAFE_INTEGER,',
      },
    ],
    killers,
  },
  {
    name: 'E04',
    error: 'an old count of deliveries widens the exposure bound',
    edits: [
      {
        file: 'shared/core/exposure.ts',
        was: '  countedSince: now - freshMilliseconds,',
        is: '  countedSince: 0,',
      },
    ],
    killers,
  },
  {
    name: 'E09',
    error: 'a seller that says "failed" takes a payment out of the exposure',
    edits: [
      {
        file: 'shared/core/exposure.ts',
        was: '  const isEnded = end !== undefined && (!isLoss || updatedAt >= deadlineAt);',
        is: '  const isEnded = end !== undefined;',
      },
    ],
    killers,
  },
  {
    name: 'E05',
    error: 'the breakers are deaf to `undelivered`',
    edits: [
      {
        file: 'shared/core/loss.ts',
        was: "  return end ? status === 'undelivered' || status === 'unresolved' : deniedAt !== undefined;",
        is: "  return end ? status === 'unresolved' : deniedAt !== undefined;",
      },
    ],
    killers: breakerKillers,
  },
  {
    name: 'E06',
    error: "one caller's losses stop a model that others buy",
    edits: [
      {
        file: 'shared/core/loss.ts',
        was: '      return others.length > 0 || isOnlyCaller(caller);',
        is: '      return others.length > 0 || isOnlyCaller(caller) || true;',
      },
    ],
    killers: breakerKillers,
  },
  {
    name: 'E07',
    error: 'a denial that is followed by a delivery stays a loss',
    edits: [
      {
        file: 'shared/core/loss.ts',
        was: '  if (was === is || !after.purchase) return undefined;',
        is: '  if (was === is || !is || !after.purchase) return undefined;',
      },
    ],
    killers: breakerKillers,
  },
  {
    name: 'E08',
    error: 'one dead model stops its payee',
    edits: [{ file: 'shared/core/loss.ts', was: 'const mostModels = 2;', is: 'const mostModels = 1;' }],
    killers: breakerKillers,
  },
  {
    name: 'E10',
    error: 'a place for a file counts as a delivery',
    edits: [
      {
        file: 'shared/core/budget-moves.ts',
        was: "after.status === 'delivered' && !isUpload(after)",
        is: "after.status === 'delivered'",
      },
    ],
    killers,
  },
  {
    name: 'E11',
    error: 'a place is bought for a file whose picture may not be bought',
    edits: [
      {
        file: 'functions/payer/earmark.ts',
        was: '  if (exposure && !isExposable(',
        is: '  if (exposure && !payer && !isExposable(',
      },
    ],
    killers,
  },
  {
    name: 'E12',
    error: "one caller's losses hide those of others",
    edits: [
      {
        file: 'functions/reconciler/trip-breakers.ts',
        was: 'const fewestLosses = 2_000;',
        is: 'const fewestLosses = 200;',
      },
    ],
    killers: breakerKillers,
  },
  {
    name: 'E13',
    error: 'what is proven never to be settled stays a loss',
    edits: [
      {
        file: 'shared/core/loss.ts',
        was: "purchase?.firstSentAt === undefined || proof?.state === 'dead'",
        is: 'purchase?.firstSentAt === undefined || proof?.at === 0',
      },
    ],
    killers: breakerKillers,
  },
  {
    name: 'E14',
    error: 'a failure of another job ends a paid one',
    edits: [
      {
        file: 'shared/seller/answers.ts',
        was: '    return isOfAnother(job, sellerJobId)',
        is: "    return isOfAnother(job, '') && ids.length < 0",
      },
    ],
    killers: ['test/seller-client/seller.test.ts'],
    title: 'is seen',
  },
  {
    name: 'E15',
    error: 'refused bytes are forgotten when another write comes between',
    edits: [
      {
        file: 'functions/record.ts',
        was: "  'assetFailed',\n",
        is: '',
      },
    ],
    killers: ['test/functions/deliver.test.ts'],
  },
  {
    name: 'E16',
    error: "a file is refused to everybody when another caller's job failed to upload it",
    edits: [
      {
        file: 'functions/payer/prepare.ts',
        was: '  if (failed && failed.forJobId !== job.jobId) return begin(payer, job);',
        is: '',
      },
    ],
    killers: ['test/functions/uploads.test.ts'],
  },
];
