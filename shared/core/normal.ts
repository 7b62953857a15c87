/**
 * The standard normal distribution, by the series 26.2.11 and the continued fraction 26.2.14 of Abramowitz and Stegun,
 * Handbook of Mathematical Functions (1964).
 */

export const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

/** From here on the fraction is exact to ten digits at this depth; below, the series ends by itself. */
const tailFrom = 3;
const depth = 60;

/** The probability of more than z, which is not negative. */
function above(z: number): number {
  if (z === Number.POSITIVE_INFINITY) return 0;
  if (z >= tailFrom) {
    let fraction = z;
    for (let k = depth; k >= 1; k -= 1) fraction = z + k / fraction;
    return density(z) / fraction;
  }
  let term = z;
  let sum = z;
  for (let n = 3; term > 1e-17 * sum; n += 2) {
    term *= (z * z) / n;
    sum += term;
  }
  return 0.5 - density(z) * sum;
}

/** The probability of what is between two bounds, either of which may be infinite; exact in both tails. */
export function between(from: number, to: number): number {
  if (from >= 0) return above(from) - above(to);
  if (to <= 0) return above(-to) - above(-from);
  return 1 - above(-from) - above(to);
}
