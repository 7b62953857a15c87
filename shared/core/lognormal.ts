import { between, density } from './normal.ts';

/** A positive quantity whose logarithm is normally distributed. */
export interface Lognormal {
  /** Seconds: half of all are shorter. */
  readonly median: number;
  /** Standard deviation of the logarithms. */
  readonly sigma: number;
}

/** What is known of one value, in seconds: it is more than the first bound, which may be zero, and not more than the second. */
export type Interval = readonly [moreThan: number, atMost: number];

const mostSteps = 300;
const nearEnough = 1e-6;
/** An interval so far out has no density to reckon with: its nearer end stands for it. */
const leastProbability = 1e-200;

/** The mean of a standard normal value that is in an interval, and of its square. */
function momentsWithin(from: number, to: number): readonly [mean: number, square: number] {
  const probability = between(from, to);
  if (!(probability > leastProbability)) {
    const nearest = from > 0 ? from : to;
    return [nearest, nearest * nearest];
  }
  const [low, high] = [density(from), density(to)];
  const weighted = (z: number, at: number): number => (Number.isFinite(z) ? z * at : 0);
  return [(low - high) / probability, 1 + (weighted(from, low) - weighted(to, high)) / probability];
}

/**
 * The lognormal distribution that makes what was seen likeliest: maximum likelihood for interval-censored values, by
 * expectation and maximisation (Dempster, Laird and Rubin 1977). What was believed before counts as so many values that
 * are spread as believed.
 * @param prior what was believed, its weight a number of values, more than none
 */
export function fitLognormal(
  seen: readonly Interval[],
  prior: Lognormal & { readonly weight: number },
): Lognormal {
  const bounds = seen.map((interval) => interval.map(Math.log) as [number, number]);
  const believed = Math.log(prior.median);
  const count = prior.weight + bounds.length;
  let [mean, sigma] = [believed, prior.sigma];
  for (let step = 0; step < mostSteps; step += 1) {
    const moments = bounds.map(([from, to]) => momentsWithin((from - mean) / sigma, (to - mean) / sigma));
    const shift = moments.reduce((sum, [first]) => sum + sigma * first, prior.weight * (believed - mean));
    const moved = shift / count;
    const squares = moments.reduce(
      (sum, [, square]) => sum + sigma ** 2 * square,
      prior.weight * (prior.sigma ** 2 + (believed - mean) ** 2),
    );
    const next = Math.sqrt(squares / count - moved ** 2);
    const isThere = Math.abs(moved) < nearEnough && Math.abs(next - sigma) < nearEnough;
    mean += moved;
    sigma = next;
    if (isThere) break;
  }
  return { median: Math.exp(mean), sigma };
}
