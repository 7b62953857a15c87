import { FAULTS } from './faults.ts';
import { FLUX_2_PRO, fluxJsonSchema } from './flux-2-pro.ts';

const GUIDANCE =
  'Pay per generation, no account. POST the request: the 402 answer quotes its price in the PAYMENT-REQUIRED header. ' +
  'Send the same body again with PAYMENT-SIGNATURE to get a jobId, then GET /api/jobs/{jobId} with SIGN-IN-WITH-X, ' +
  'every three seconds, from the wallet that paid. Copy the picture at once: its URL dies after about 20 minutes.';

const JSON_ANSWER = { content: { 'application/json': { schema: { type: 'object' } } } };
const SIGNED_IN = { security: [{ siwx: [] }] };

/** The OpenAPI 3.1 document of the sandbox, with the seller's own `x-` fields (wire.md §0). */
export function openApiDocument(origin: string): object {
  return {
    openapi: '3.1.0',
    info: { title: 'Sandbox seller', version: '1.0.0', 'x-guidance': GUIDANCE },
    servers: [{ url: origin }],
    components: { securitySchemes: { siwx: { type: 'apiKey', in: 'header', name: 'SIGN-IN-WITH-X' } } },
    paths: {
      [FLUX_2_PRO.path]: {
        post: {
          summary: FLUX_2_PRO.summary,
          'x-payment-info': {
            price: { mode: 'dynamic', currency: 'USD', min: '0.02', max: '0.04' },
            protocols: [{ x402: {} }],
          },
          requestBody: {
            required: true,
            content: { 'application/json': { schema: fluxJsonSchema('input') } },
          },
          responses: {
            200: { description: 'Paid; the job is pending', ...JSON_ANSWER },
            400: { description: 'The body is not valid; nothing was charged', ...JSON_ANSWER },
            402: { description: 'Payment required, or rejected' },
          },
        },
      },
      '/api/jobs/{jobId}': {
        get: {
          summary: 'Poll a job',
          ...SIGNED_IN,
          parameters: [{ name: 'jobId', in: 'path', required: true, schema: { type: 'string' } }],
          responses: {
            200: { description: 'The job', ...JSON_ANSWER },
            402: { description: 'Sign in', ...JSON_ANSWER },
            403: { description: "Another wallet's job", ...JSON_ANSWER },
            404: { description: 'No such job', ...JSON_ANSWER },
          },
        },
      },
      '/api/jobs': {
        get: {
          summary: "List the wallet's jobs",
          ...SIGNED_IN,
          parameters: [
            {
              name: 'limit',
              in: 'query',
              schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
            },
            { name: 'status', in: 'query', schema: { type: 'string' } },
          ],
          responses: { 200: { description: 'The jobs, newest first', ...JSON_ANSWER } },
        },
      },
    },
  };
}

/** The same for language models and hurried people, with the sandbox's own additions. */
export function llmsText(origin: string): string {
  const faults = Object.entries(FAULTS).map(([name, description]) => `- ${name}: ${description}`);
  return [
    '# Sandbox seller',
    '',
    `> ${GUIDANCE}`,
    '',
    `- POST ${origin}${FLUX_2_PRO.path} (paid, $0.02 to $0.04)`,
    `- GET ${origin}/api/jobs/{jobId} (sign in)`,
    `- GET ${origin}/api/jobs?limit=20&status=complete (sign in)`,
    `- GET ${origin}/openapi.json`,
    '',
    '## Only here: faults',
    '',
    `GET, POST {"name","times"?,"seconds"?} and DELETE ${origin}/sandbox/faults`,
    '',
    ...faults,
    '',
  ].join('\n');
}
