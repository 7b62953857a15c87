/** One line of the world's log: what a function printed, or what the platform has to say. */
export type LogLine = {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Logical id of the function; undefined for the platform. */
  readonly functionId: string | undefined;
  readonly requestId: string | undefined;
  readonly text: string;
};
