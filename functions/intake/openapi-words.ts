import { httpProblems } from '../../shared/core/errors.ts';
import type { JsonSchema } from './body-schemas.ts';

/** The turns of phrase of which an OpenAPI document is made. */

/** Names of components have no slash. */
export const componentOf = (name: string): string => name.replaceAll('/', '.');

export const schemaAt = (id: string): JsonSchema => ({ $ref: `#/components/schemas/${id}` });

const header = (description: string, schema: JsonSchema) => ({ description, schema });

/** Headers of answers, by name. */
export const headers = {
  Location: header('Of the job.', { type: 'string' }),
  'Preference-Applied': header('The wait that was granted, such as wait=20.', { type: 'string' }),
  'Retry-After': header('Seconds.', { type: 'integer' }),
  Allow: header('Methods that are served here.', { type: 'string' }),
} as const;

export const answer = (
  description: string,
  schema: string,
  names: readonly (keyof typeof headers)[] = [],
) => ({
  description,
  ...(names.length > 0 && { headers: Object.fromEntries(names.map((name) => [name, headers[name]])) }),
  content: { 'application/json': { schema: schemaAt(schema) } },
});

export const jsonBody = (schema: JsonSchema) => ({
  required: true,
  content: { 'application/json': { schema } },
});

const problemAnswer = (description: string, names: readonly (keyof typeof headers)[] = []) => ({
  ...answer(description, 'Problem', names),
  content: { 'application/problem+json': { schema: schemaAt('Problem') } },
});

/** What may go wrong, by status; every one of them is a problem document, also those that are not named. */
export function problems(...names: readonly (keyof typeof httpProblems)[]) {
  const named = names.map((name) => {
    const { status, title } = httpProblems[name];
    return [String(status), problemAnswer(`${name}: ${title}.`, [...withHeader(name)])] as const;
  });
  return { ...Object.fromEntries(named), default: problemAnswer('Anything else that went wrong.') };
}

const withHeader = (name: keyof typeof httpProblems): (keyof typeof headers)[] =>
  name === 'SellerUnavailable' ? ['Retry-After'] : name === 'MethodNotAllowed' ? ['Allow'] : [];

/** Bodies are refused before they are understood. */
export const bodyProblems = {
  '413': problemAnswer('InputInvalid: the body is too long.'),
  '415': problemAnswer('InputInvalid: the body is not application/json.'),
};
