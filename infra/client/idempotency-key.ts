/** It travels as a header: blanks around it and what is not ASCII would be lost on the way. */
export const idempotencyKeyForm = /^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/;
export const idempotencyKeyWords =
  'must be 1 to 255 characters of printable ASCII, without blanks around them';
