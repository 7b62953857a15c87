import type { WrongField } from '../../shared/contracts/wrong-field.ts';

/** What went wrong with a call: by the API's own names, or one of those that only a client meets. */
export type ProblemName =
  | 'InputInvalid'
  | 'IdempotencyConflict'
  | 'TooLate'
  | 'PaymentRefused'
  | 'ChallengeUnsupported'
  | 'SellerUnavailable'
  | 'NotFound'
  | 'MethodNotAllowed'
  | 'Unauthenticated'
  | 'Defect'
  /** Nobody is signed in, or they may not call this API. */
  | 'Forbidden'
  /** Too many calls at once. */
  | 'Throttled'
  /** No answer, or none that is of this API. */
  | 'Unreachable';

/** A call that was refused or not answered. `message` is for people, everything else for code. */
export class Problem extends Error {
  override readonly name: ProblemName;
  /** Of HTTP; 0 where there was no answer. */
  readonly status: number;
  /** Every wrong field of the request, in the API's field names. */
  readonly fields: readonly WrongField[];
  /** When asking again can help, where the API says so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    name: ProblemName,
    message: string,
    more: {
      readonly status?: number;
      readonly fields?: readonly WrongField[];
      readonly retryAfterSeconds?: number | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: more.cause });
    this.name = name;
    this.status = more.status ?? 0;
    this.fields = more.fields ?? [];
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

const urn = 'urn:coinbooth:problem:';
/** What API Gateway says itself, before the booth is asked. */
const gatewayNames: Readonly<Record<number, ProblemName>> = {
  401: 'Unauthenticated',
  403: 'Forbidden',
  404: 'NotFound',
  429: 'Throttled',
};

/** The problem that an answer of 400 or more tells of: a document of RFC 9457, or API Gateway's own words. */
export async function problemOf(response: Response): Promise<Problem> {
  const { status } = response;
  const said = await response.json().then(
    (document: unknown) => (typeof document === 'object' && document) || {},
    () => ({}),
  );
  const { type, detail, errors, message } = said as {
    type?: string;
    detail?: string;
    errors?: readonly WrongField[];
    message?: string;
  };
  const after = Number(response.headers.get('retry-after') ?? Number.NaN);
  const more = { status, retryAfterSeconds: Number.isFinite(after) ? after : undefined };
  if (type?.startsWith(urn))
    return new Problem(type.slice(urn.length) as ProblemName, detail ?? '', {
      ...more,
      ...(errors && { fields: errors }),
    });
  return new Problem(
    gatewayNames[status] ?? 'Unreachable',
    `The API answers ${status}: ${message ?? 'nothing'}`,
    more,
  );
}
