import { z } from 'zod';
import { FAULTS } from './faults.ts';
import { CATALOGUE } from './models/catalogue.ts';
import { Confirmation } from './upload/confirm-upload.ts';
import { UPLOAD } from './upload/upload-ware.ts';
import { jsonSchemaOf, type Ware } from './ware.ts';

const GUIDANCE =
  'Pay per generation, no account. POST the request: the 402 answer quotes its price in the PAYMENT-REQUIRED header. ' +
  'Send the same body again with PAYMENT-SIGNATURE to get a jobId, then GET /api/jobs/{jobId} with SIGN-IN-WITH-X, ' +
  'every three seconds for a picture and every ten for a video, from the wallet that paid. Copy the result at once: ' +
  'its URL dies after about 20 minutes. To bring a picture along: POST /api/upload, PUT it to the blob host with the ' +
  'token, POST /api/upload/confirm, and use its URL. Durations are text.';

const JSON_ANSWER = { content: { 'application/json': { schema: { type: 'object' } } } };
const SIGNED_IN = { security: [{ siwx: [] }] };
const JOB_ID = { name: 'jobId', in: 'path', required: true, schema: { type: 'string' } };
const NOT_YOURS = {
  402: { description: 'Sign in', ...JSON_ANSWER },
  403: { description: "Another wallet's", ...JSON_ANSWER },
  404: { description: 'There is none', ...JSON_ANSWER },
};

const WARES: readonly Ware[] = [...CATALOGUE, UPLOAD];

/** The OpenAPI 3.1 document of the sandbox, with the seller's own `x-` fields. */
export function openApiDocument(origin: string): object {
  return {
    openapi: '3.1.0',
    info: { title: 'Sandbox seller', version: '1.0.0', 'x-guidance': GUIDANCE },
    servers: [{ url: origin }],
    components: { securitySchemes: { siwx: { type: 'apiKey', in: 'header', name: 'SIGN-IN-WITH-X' } } },
    paths: {
      ...Object.fromEntries(WARES.map((ware) => [ware.path, { post: paidOperation(ware) }])),
      '/api/upload/confirm': {
        post: {
          summary: 'Confirm an upload',
          ...SIGNED_IN,
          requestBody: jsonBody(z.toJSONSchema(Confirmation, { io: 'input' })),
          responses: {
            200: { description: 'The upload can be used', ...JSON_ANSWER },
            400: { description: 'There is no such blob', ...JSON_ANSWER },
            ...NOT_YOURS,
          },
        },
      },
      '/api/jobs/{jobId}': {
        get: {
          summary: 'Poll a job',
          ...SIGNED_IN,
          parameters: [JOB_ID],
          responses: { 200: { description: 'The job', ...JSON_ANSWER }, ...NOT_YOURS },
        },
        delete: {
          summary: 'Put a failed job away',
          ...SIGNED_IN,
          parameters: [JOB_ID],
          responses: {
            200: { description: 'It is no longer listed', ...JSON_ANSWER },
            409: { description: 'It has not failed', ...JSON_ANSWER },
            ...NOT_YOURS,
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

function paidOperation(ware: Ware): object {
  const { mode, ...amounts } = ware.price;
  return {
    summary: ware.summary,
    'x-payment-info': { price: { mode, currency: 'USD', ...amounts }, protocols: [{ x402: {} }] },
    requestBody: jsonBody(jsonSchemaOf(ware, 'input')),
    responses: {
      200: { description: 'Paid', ...JSON_ANSWER },
      400: { description: 'The body is not valid; nothing was charged', ...JSON_ANSWER },
      402: { description: 'Payment required, or rejected' },
    },
  };
}

function jsonBody({ $schema: _, ...schema }: Record<string, unknown>): object {
  return { required: true, content: { 'application/json': { schema } } };
}

/** The same for language models and hurried people, with the sandbox's own additions. */
export function llmsText(origin: string): string {
  const paid = WARES.map(({ path, price, summary }) => {
    const dollars = price.mode === 'fixed' ? `$${price.amount}` : `$${price.min} to $${price.max}`;
    return `- POST ${origin}${path} (paid, ${dollars}): ${summary}`;
  });
  const faults = Object.entries(FAULTS).map(([name, description]) => `- ${name}: ${description}`);
  return [
    '# Sandbox seller',
    '',
    `> ${GUIDANCE}`,
    '',
    ...paid,
    `- POST ${origin}/api/upload/confirm (sign in)`,
    `- GET, DELETE ${origin}/api/jobs/{jobId} (sign in)`,
    `- GET ${origin}/api/jobs?limit=20&status=complete (sign in)`,
    `- GET ${origin}/openapi.json`,
    '',
    '## Only here: faults',
    '',
    `GET, POST {"name","times"?,"seconds"?} and DELETE ${origin}/sandbox/faults`,
    `DELETE ${origin}/sandbox/blobs?url= makes one uploaded file disappear, or all`,
    '',
    ...faults,
    '',
  ].join('\n');
}
