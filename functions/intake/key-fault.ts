import type { WrongField } from '../../shared/contracts/wrong-field.ts';

const keyForm = /^[\x20-\x7e]{1,255}$/;

/**
 * Why an `Idempotency-Key` header is refused. A blank one is no key, and no absent one either: the caller who sent it
 * expects one purchase of two requests.
 * @param value as the client sent it; undefined when there is no such header
 */
export const keyFault = (value: string | undefined): WrongField | undefined =>
  value === undefined || (keyForm.test(value) && value.trim() !== '')
    ? undefined
    : {
        field: 'Idempotency-Key',
        message: 'must be 1 to 255 characters of printable ASCII, and not blank',
      };
