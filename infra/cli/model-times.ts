import { catalogue } from '../../shared/core/catalogue.ts';
import { profileOf } from '../../shared/core/polling.ts';
import { type Common, tell } from './booth-command.ts';
import { openDeployment } from './deployment.ts';

/**
 * `coinbooth models --times`: how long results took, beside what the catalogue says, and when jobs are looked at.
 * @param name of an offering, or of a model; without it all of them
 */
export async function modelTimes(name: string | undefined, options: Common): Promise<void> {
  const { times, settings } = await openDeployment(options);
  const named = Object.entries(catalogue).filter(
    ([offering]) => name === undefined || offering === name || offering.startsWith(`${name}/`),
  );
  if (named.length === 0) throw new Error(`There is no ${name}; "coinbooth models" lists what there is.`);
  const found = await Promise.all(
    named.map(async ([offering, { typicalSeconds }]) =>
      (await times.list(offering)).map(({ size, seen, medianSeconds, sigma, learnedAt }) => ({
        name: offering,
        size,
        typicalSeconds: typicalSeconds * settings.timings.pollingScale,
        medianSeconds,
        sigma,
        jobs: seen.length,
        firstLookSeconds: profileOf({ offering }, settings.timings, { medianSeconds, sigma, seen, learnedAt })
          .firstSeconds,
        learnedAt: new Date(learnedAt).toISOString(),
      })),
    ),
  );
  const learned = found.flat();
  tell(
    options,
    { times: learned },
    learned.length === 0
      ? ['Nothing was learned yet: jobs are looked at by the times of the catalogue.']
      : learned.map(timesLine),
  );
}

const timesLine = (times: {
  readonly name: string;
  readonly size: string;
  readonly typicalSeconds: number;
  readonly medianSeconds: number;
  readonly sigma: number;
  readonly jobs: number;
  readonly firstLookSeconds: number;
}): string =>
  [
    times.name.padEnd(28),
    times.size.padEnd(26),
    `${shortly(times.medianSeconds)} s, σ ${times.sigma.toFixed(2)}, by ${times.jobs} jobs`.padEnd(28),
    `(catalogue ${shortly(times.typicalSeconds)} s; first look after ${shortly(times.firstLookSeconds)} s)`,
  ].join(' ');

const shortly = (seconds: number): string => String(Number(seconds.toPrecision(3)));
