import type { Design } from './design.ts';
import type { State } from './state.ts';

/** A step that a state allows. */
export type Emit = (next: State, broken?: string) => void;

export interface Rule {
  /** For a trace that people read. */
  readonly name: string;
  /**
   * It happens in time, if it stays possible: a worker goes on, a block comes, a time-out passes. What a seller, a
   * stranger or a fault may do is not: nothing may ever depend on it.
   */
  readonly fair: boolean;
  readonly steps: (state: State, design: Design, emit: Emit) => void;
}
