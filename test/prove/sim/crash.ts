import type { Proven, Suite } from '../suite.ts';
import { type Behaviour, everyBehaviour } from './behaviours.ts';
import { buyOnce, type Mishap, type Purchase } from './crash-case.ts';
import type { Call } from './faults.ts';
import { randomFrom } from './random.ts';

/** How many cases are drawn; at full size every single crash is tried beside them. */
const sizes = { quick: 600, full: 7_000 } as const;

/** What a crash can look like; dying after one call is dying before the next. */
const mishaps: readonly (Mishap & { readonly name: string })[] = [
  { name: 'a crash', fault: 'killed before', pauseSeconds: 0, isDoubled: false },
  { name: 'a crash and a second delivery', fault: 'killed before', pauseSeconds: 0, isDoubled: true },
  { name: 'a sleep of 400 s', fault: 'paused before', pauseSeconds: 400, isDoubled: false },
  { name: 'a sleep of 40 min', fault: 'paused before', pauseSeconds: 2_400, isDoubled: false },
];
const [crashed] = mishaps;

/** Every purchase that crashes are tried on: each behaviour about the picture, on both rails, and about an edit's upload. */
const purchases: readonly Purchase[] = everyBehaviour.flatMap((behaviour): Purchase[] => [
  { isEdit: false, behaviour, uploadBehaviour: 'honest', rail: 'tempo' },
  // Where a window is five minutes, late is what the last second is.
  ...(behaviour === 'settles too late' ? [] : onX402(behaviour)),
]);

function onX402(behaviour: Behaviour): Purchase[] {
  const whole = { behaviour, uploadBehaviour: 'honest', rail: 'x402' } as const;
  const upload = { isEdit: true, behaviour: 'honest', uploadBehaviour: behaviour, rail: 'x402' } as const;
  return [
    { isEdit: false, ...whole },
    { isEdit: true, ...whole },
    ...(behaviour === 'honest' ? [] : [upload]),
  ];
}

/** A purchase is signed, sent and sent again within so many calls of the payer: after them it is only watched. */
const mostPaying = 30;

const nameOf = ({ isEdit, behaviour, uploadBehaviour, rail }: Purchase): string =>
  `${isEdit ? 'an edit' : 'a picture'} on ${rail}, ${behaviour}${isEdit && uploadBehaviour !== 'honest' ? `, upload: ${uploadBehaviour}` : ''}`;

interface Case {
  readonly what: string;
  /** One crash and nothing else. */
  readonly isPlain: boolean;
  readonly purchase: Purchase;
  readonly mishapAt: () => (call: Call) => Mishap | undefined;
}

/** Calls at which a crash is a case of its own: idle sweeps, and looks at the chain that close nothing, are all alike. */
function pointsOf(calls: readonly Call[]): Call[] {
  const first = calls.find(({ kind }) => kind === 'reconciler')?.invocation;
  const closing = new Set(
    calls
      .filter(({ kind, name }) => kind === 'reconciler' && name === 'ledger.write')
      .map(({ invocation }) => invocation),
  );
  return calls.filter(({ kind, name, invocation }) => {
    if (kind === 'sweeper') return name !== 'ledger.overdue';
    return kind !== 'reconciler' || invocation === first || closing.has(invocation);
  });
}

const single = (purchase: Purchase, point: Call, mishap: (typeof mishaps)[number]): Case => ({
  what: `${nameOf(purchase)}: ${mishap.name} before call ${point.sequence}, ${point.kind} ${point.name}`,
  isPlain: mishap === crashed,
  purchase,
  mishapAt: () => (call) => (call.sequence === point.sequence ? mishap : undefined),
});

/** The payer dies before its n-th call, and whoever comes after it before the m-th from there. */
const pair = (purchase: Purchase, n: number, m: number): Case => ({
  what: `${nameOf(purchase)}: the payer crashes before its call ${n} and ${m} calls later`,
  isPlain: false,
  purchase,
  mishapAt: () => {
    let count = 0;
    return ({ kind }) => {
      if (kind !== 'payer') return undefined;
      count += 1;
      return count === n || count === n + m ? crashed : undefined;
    };
  },
});

/** Every case there is, after one run of each purchase without any. */
export async function everyCase(): Promise<{
  cases: Case[];
  counts: Record<string, number>;
  violations: string[];
}> {
  const cases: Case[] = [];
  const violations: string[] = [];
  let [points, pairs] = [0, 0];
  for (const purchase of purchases) {
    const plain = await buyOnce(purchase, () => undefined);
    violations.push(...plain.violations.map((what) => `${nameOf(purchase)}, undisturbed: ${what}`));
    const own = pointsOf(plain.calls);
    points += own.length;
    for (const point of own) for (const mishap of mishaps) cases.push(single(purchase, point, mishap));
    if (purchase.isEdit) continue;
    const length = Math.min(own.filter(({ kind }) => kind === 'payer').length, mostPaying);
    for (let n = 1; n <= length; n += 1)
      for (let m = 1; m <= length; m += 1) {
        cases.push(pair(purchase, n, m));
        pairs += 1;
      }
  }
  return { cases, counts: { purchases: purchases.length, points, pairs, cases: cases.length }, violations };
}

/**
 * Runs cases of the whole list.
 * @param plain whether every single crash is among them
 * @param drawn how many of the list are drawn from the seed
 */
export async function crashEverywhere(
  seed: number,
  { plain, drawn }: { readonly plain: boolean; readonly drawn: number },
  progress: (done: number, total: number) => void,
): Promise<Proven> {
  const { cases, counts, violations } = await everyCase();
  const random = randomFrom(seed);
  const single = plain ? cases.filter(({ isPlain }) => isPlain) : [];
  const rest = plain ? cases.filter(({ isPlain }) => !isPlain) : cases;
  const chosen = [...single, ...Array.from({ length: drawn }, () => random.pick(rest))];
  const ends: Record<string, number> = {};
  let runs = 0;
  for (const { what, purchase, mishapAt } of chosen) {
    if (violations.length >= 20) break;
    const run = await buyOnce(purchase, mishapAt());
    ends[run.status] = (ends[run.status] ?? 0) + 1;
    violations.push(...run.violations.map((violation) => `${what}: ${violation}`));
    runs += 1;
    if (runs % 100 === 0) progress(runs, chosen.length);
  }
  return { counts: { ...counts, runs, ...ends }, violations };
}

export const crash: Suite = {
  name: 'crash',
  claim:
    'A process may die before any call of any port, and, drawn from all calls, be doubled, sleep and wake as a zombie, or die twice on the way to a payment: one payment, one end, one announcement, and no picture lost.',
  zero: ['second payments', 'lost pictures', 'jobs without exactly one announced end', 'stuck jobs'],
  prove: ({ seed, size, progress }) =>
    crashEverywhere(seed, { plain: size === 'full', drawn: sizes[size] }, progress),
};
