import type { Wrong } from './design.ts';

/** A design that is wrong in one respect, and what the model must say of it. */
export interface DesignError {
  readonly name: string;
  readonly wrong: Wrong;
  /** It leads to two payments, not only to books that do not add up. */
  readonly paysTwice?: boolean;
  /** Needs the stop switch to be seen, rather than a second generation. */
  readonly needsSwitch?: boolean;
}

/** Seven errors of the design, the unfenced T7 that the first model found, and a switch that is looked at too early. */
export const errors: readonly DesignError[] = [
  { name: 're-sign on 402', wrong: { signsAnewOn402: true }, paysTwice: true },
  { name: 'release on time-out', wrong: { releasesOnTimeout: true } },
  { name: 'send before write', wrong: { sendsBeforeWriting: true } },
  { name: 'write without condition', wrong: { writesWithoutCondition: true } },
  { name: 'death by latest block', wrong: { provesDeathByLatest: true }, paysTwice: true },
  { name: 'death by wall clock', wrong: { provesDeathByWallClock: true }, paysTwice: true },
  { name: 'unguarded end', wrong: { endsWithoutGuard: true } },
  { name: 'unfenced doubt', wrong: { doubtsWithoutFence: true } },
  { name: 'switch read beforehand', wrong: { looksAtSwitchBeforehand: true }, needsSwitch: true },
];
