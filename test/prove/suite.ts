/** How one suite of the proof is run: by `npm run prove`, whole or alone. */
export interface Proving {
  /** Everything that is drawn by chance comes from it: the same seed and commit give the same run. */
  readonly seed: number;
  /** `quick` for every push, `full` for the figures that documents quote. */
  readonly size: 'quick' | 'full';
  /** Called now and then with how much is done, for the people who wait. */
  readonly progress: (done: number, total: number) => void;
}

export interface Proven {
  /** What was done, such as `{ schedules: 20000, faults: 131072 }`. */
  readonly counts: Readonly<Record<string, number>>;
  /** Each breach in a line, with the seed or the case that shows it again; empty is what is claimed. */
  readonly violations: readonly string[];
  /** What people may want to read besides, a line each. */
  readonly notes?: readonly string[];
}

export interface Suite {
  readonly name: string;
  /** What it claims, in one sentence for a sceptic. */
  readonly claim: string;
  /** What is zero when there are no violations, such as "second signatures". */
  readonly zero: readonly string[];
  prove(proving: Proving): Promise<Proven>;
}
