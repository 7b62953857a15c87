/** How large a world is looked at. */
export interface Bounds {
  /** The last tick of the clock; a window is one tick long, and a job's deadline is one tick before the last. */
  readonly lastTick: number;
  readonly crashes: 0 | 1;
  readonly reorgs: 0 | 1;
  readonly generations: 1 | 2;
  /** Whether the stop switch may be thrown, and lifted again. */
  readonly switches: boolean;
}

/** What a design may get wrong; the design of the product does none of it. */
export interface Wrong {
  readonly signsAnewOn402?: boolean;
  readonly releasesOnTimeout?: boolean;
  readonly sendsBeforeWriting?: boolean;
  readonly writesWithoutCondition?: boolean;
  readonly provesDeathByLatest?: boolean;
  readonly provesDeathByWallClock?: boolean;
  readonly endsWithoutGuard?: boolean;
  readonly doubtsWithoutFence?: boolean;
  readonly looksAtSwitchBeforehand?: boolean;
}

export interface Design {
  readonly bounds: Bounds;
  readonly wrong: Wrong;
}

export const windowTicks = 1;
/** A job ends then whatever is known. */
export const deadlineOf = ({ lastTick }: Bounds): number => lastTick - 1;
export const mostSends = 2;
/** What may be reserved in all, of one unit each: two, so that nothing but the design keeps a second payment away. */
export const limit = 2;
