import * as z from 'zod';
import type { Job } from './job-record.ts';

/**
 * Switches of one caller, model or payee, beside the one of everything: what is stopped is not signed
 * and not sent again, while all else goes on.
 */
export const scopeSchema = z
  .string()
  .regex(/^(caller|model|payee):.{1,200}$/, 'must be a caller, model or payee, such as payee:0x07F0…')
  .transform((scope) => (scope.startsWith('payee:') ? scope.toLowerCase() : scope));

/**
 * The switches that a job depends on. Its payee is known once it is reserved. An upload also depends on the caller and
 * the model of the job that buys it.
 */
export const scopesOf = ({
  caller,
  offering,
  purchase,
  forCaller,
  forOffering,
}: Pick<Job, 'caller' | 'offering' | 'purchase' | 'forCaller' | 'forOffering'>): readonly string[] => [
  `caller:${caller}`,
  `model:${offering}`,
  ...(forCaller === undefined ? [] : [`caller:${forCaller}`]),
  ...(forOffering === undefined ? [] : [`model:${forOffering}`]),
  ...(purchase ? [payeeScope(purchase.payTo)] : []),
];

export const payeeScope = (payTo: string): string => `payee:${payTo.toLowerCase()}`;
