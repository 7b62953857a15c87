/** One change of the sources: a text that is there exactly once, and what is put in its place. */
export interface Edit {
  readonly file: string;
  readonly was: string;
  readonly is: string;
}

/** A design error, built into a copy of the code: some test must see it. */
export interface Mutant {
  /** A letter for its kind, and a number. */
  readonly name: string;
  /** What is wrong with it. */
  readonly error: string;
  /** Where the error of that number cannot be made in this code: why, and what is done in its place. */
  readonly instead?: string;
  readonly edits: readonly Edit[];
  /** Test files, from the root, the likeliest killer first. */
  readonly killers: readonly string[];
  /** Pattern of the killing test's title: a file whose other tests take long runs that test alone. */
  readonly title?: string;
}
