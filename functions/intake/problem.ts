import type { Problem } from '../../shared/contracts/http.ts';
import type { WrongField } from '../../shared/contracts/wrong-field.ts';
import { httpProblems } from '../../shared/core/errors.ts';
import { plainText } from '../../shared/core/plain-text.ts';

/**
 * The answer to what cannot be done: a problem document (RFC 9457).
 * @param detail for people; what the caller sent is not in it
 */
export function problem(
  name: keyof typeof httpProblems,
  detail: string,
  more: {
    readonly status?: number;
    readonly errors?: readonly WrongField[];
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Response {
  const status = more.status ?? httpProblems[name].status;
  const document: Problem = {
    type: `urn:coinbooth:problem:${name}`,
    title: httpProblems[name].title,
    status,
    detail: plainText(detail),
    ...(more.errors && { errors: more.errors.map(plain) }),
  };
  return Response.json(document, {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...more.headers,
    },
  });
}

/** A field's name may be the caller's own. */
const plain = ({ field, message }: WrongField): WrongField => ({
  field: plainText(field),
  message: plainText(message),
});

/** Every wrong field by its name. */
export const invalid = (wrong: readonly WrongField[]): Response =>
  problem('InputInvalid', `Wrong: ${wrong.map(({ field }) => field.slice(0, 80)).join(', ')}.`, {
    errors: wrong,
  });

/** @param allow methods that are served at this path, for people and as the header */
export const notAllowed = (allow: string): Response =>
  problem('MethodNotAllowed', `Allowed here: ${allow}.`, { headers: { allow } });
