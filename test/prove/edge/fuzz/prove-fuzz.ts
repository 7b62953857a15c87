import type { Proven, Proving, Suite } from '../../suite.ts';
import { newTally, sized } from '../tally.ts';
import { fuzzChallenges } from './fuzz-challenges.ts';
import { fuzzPictures } from './fuzz-pictures.ts';
import { fuzzSignIns } from './fuzz-sign-ins.ts';
import { fuzzUrls } from './fuzz-urls.ts';

/** Gives so many of each to the code that reads what strangers write. */
export async function proveFuzz(
  proving: Omit<Proving, 'size'>,
  amounts: { challenges: number; signIns: number; pictures: number },
): Promise<Proven> {
  const tally = newTally();
  await fuzzChallenges(proving, tally, amounts.challenges);
  await fuzzSignIns(proving, tally, amounts.signIns);
  await fuzzPictures(proving, tally, amounts.pictures);
  await fuzzUrls(tally);
  return tally.proven();
}

export const fuzz: Suite = {
  name: 'fuzz',
  claim:
    'Whatever a seller sends, we sign what two independent readings of our own settings allow and nothing else, crash on nothing, and are led nowhere.',
  zero: [
    'signatures outside the oracle',
    'good offers refused',
    'crashes',
    'readings that take over 50 ms',
    'files taken for what they are not',
    'connections to private addresses',
  ],
  prove: (proving) =>
    proveFuzz(proving, {
      challenges: sized(proving, 20_000, 2_000),
      signIns: sized(proving, 5_000, 500),
      pictures: sized(proving, 1_000, 200),
    }),
};
