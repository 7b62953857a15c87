/**
 * Extension `payment-identifier` of x402 v2
 * (https://github.com/coinbase/x402/blob/main/typescript/packages/extensions/src/payment-identifier/README.md): the
 * buyer adds `info.id`, and a server that sees the same id with the same payment again gives the answer it stored.
 */

const name = 'payment-identifier';

type Bag = Readonly<Record<string, unknown>>;

const isBag = (value: unknown): value is Bag =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const hasId = (advertised: unknown): advertised is { info: Bag } & Bag =>
  isBag(advertised) && isBag(advertised.info) && typeof advertised.info.required === 'boolean';

/** Identifier of a purchase: the same for each resend, of 44 characters where the specification allows 16 to 128. */
export const paymentIdentifierOf = (nonce: string): string => `pay_${nonce.replace(/^0x/, '').slice(0, 40)}`;

/**
 * Whether a seller requires an identifier in a form that this buyer cannot give. Such a seller would refuse the payment
 * after it was signed. An advertisement that is malformed and requires nothing is ignored.
 */
export function requiresUnknownIdentifier(extensions: Bag | undefined): boolean {
  const advertised = extensions?.[name];
  if (hasId(advertised) || !isBag(advertised)) return false;
  const { required, info } = advertised;
  return isRequired(required) || (isBag(info) && isRequired(info.required));
}

const isRequired = (value: unknown): boolean => value === true || value === 'true' || value === 1;

/** The server's extensions as a payment echoes them, with the purchase's identifier where the server advertises it. */
export function withPaymentIdentifier(extensions: Bag, nonce: string): Bag {
  const advertised = extensions[name];
  if (!hasId(advertised)) return extensions;
  const info = { ...advertised.info, id: paymentIdentifierOf(nonce) };
  return { ...extensions, [name]: { ...advertised, info } };
}
