import type { RunningName } from './polling.ts';

/** Every error by name. Two questions order them: could money have moved, and what may be retried. */

export const errorNames = [
  'InputInvalid',
  'IdempotencyConflict',
  'TooLate',
  'Cancelled',
  'ChallengeUnsupported',
  'PaymentRefused',
  'PaymentUnsettled',
  'ChainDisagrees',
  'SignerUnavailable',
  'SettlementUnknown',
  'SellerUnavailable',
  'GenerationFailed',
  'AssetInvalid',
  'ConfigInvalid',
  'DeadlinePassed',
  'NotFound',
  'MethodNotAllowed',
  'Defect',
] as const;

export type ErrorName = (typeof errorNames)[number];

/** Why something ended or was refused: a name for code, a message for people. */
export interface Reason {
  readonly name: ErrorName;
  readonly message: string;
}

/** HTTP status and title of each error that reaches a caller as a problem document (RFC 9457). */
export const httpProblems = {
  Unauthenticated: { status: 401, title: 'Who is calling?' },
  InputInvalid: { status: 400, title: 'The request is not valid' },
  IdempotencyConflict: { status: 409, title: 'This key was used for another request' },
  TooLate: { status: 409, title: 'It is too late for that' },
  PaymentRefused: { status: 422, title: 'This may not be paid' },
  ChallengeUnsupported: { status: 502, title: "The seller's terms cannot be met" },
  SellerUnavailable: { status: 503, title: 'The seller does not answer' },
  NotFound: { status: 404, title: 'There is nothing here' },
  MethodNotAllowed: { status: 405, title: 'This method is not allowed here' },
  Defect: { status: 500, title: 'Something of ours went wrong' },
} as const;

/**
 * An error that crosses a boundary which speaks in errors: a Lambda invocation, a Step Functions task.
 * Its `name` is what a state machine's Retry and Catch match, so it must come from the table above.
 */
export class CoinboothError extends Error {
  constructor(
    name: ErrorName | RunningName | 'RunOver' | 'AssetUnavailable' | 'ChainUnread',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = name;
  }
}
