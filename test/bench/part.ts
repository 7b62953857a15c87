/** One part of the bench: what it measured, by name, and what there is to say of it. */
export interface Measured {
  readonly counts: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
}

export interface Part {
  readonly name: string;
  /** What is measured, in one sentence. */
  readonly claim: string;
  measure(options: PartOptions): Promise<Measured>;
}

export interface PartOptions {
  readonly seed: number;
  /** Smaller, and not for documents. */
  readonly isShort: boolean;
  readonly say: (line: string) => void;
}

/** Six significant digits: more is noise. */
export const rounded = (figure: number): number => Number(figure.toPrecision(6));
