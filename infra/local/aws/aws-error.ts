/**
 * An error in the words of an AWS service.
 *
 * `code` is what SDK v3 puts into `error.name`; `status` is the HTTP status; `fields` are further members of the
 * error's shape (for example `Item` and `CancellationReasons` of DynamoDB).
 */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly fields: Record<string, unknown>;

  constructor(code: string, message: string, status = 400, fields: Record<string, unknown> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}

/** Thrown to end a request without any answer: the client sees a connection reset. */
export class ConnectionReset extends Error {
  override readonly name = 'ConnectionReset';
}

/**
 * The refusal of a call, or a part of one, that this machine would have to fake.
 *
 * 501 on purpose: the SDK does not retry it, and no AWS service answers it, so it cannot pass for a real failure.
 */
export function notEmulated(what: string): AwsError {
  return new AwsError('NotEmulated', `${what} is not emulated by the local world; it would be faked`, 501);
}
