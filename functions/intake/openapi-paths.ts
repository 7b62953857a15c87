import { publicStatuses } from '../../shared/contracts/http.ts';
import { catalogue, offeringPath } from '../../shared/core/catalogue.ts';
import type { JsonSchema } from './body-schemas.ts';
import { answer, bodyProblems, componentOf, jsonBody, problems, schemaAt } from './openapi-words.ts';

const query = (name: string, description: string, schema: JsonSchema) => ({
  name,
  in: 'query',
  description,
  schema,
});

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'Your own name for the request. Under the same name the same request is the same job, for 30 days; another ' +
    'request is refused.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x20-\\x7e]+$' },
};

const prefer = {
  name: 'Prefer',
  in: 'header',
  description: 'wait=SECONDS (RFC 7240), 20 at the most: answers as soon as the job is at its end.',
  schema: { type: 'string', examples: ['wait=20'] },
};

const jobId = {
  name: 'jobId',
  in: 'path',
  required: true,
  schema: { type: 'string', format: 'uuid' },
};

/** The body of a request to one model, and what a quote wants to know beside it. */
const bodyOf = (name: string, ...beside: readonly JsonSchema[]): JsonSchema => ({
  allOf: [schemaAt(componentOf(name)), schemaAt('Controls'), ...beside],
  unevaluatedProperties: false,
});

const named = (name: string): JsonSchema => ({
  type: 'object',
  properties: { model: { const: name } },
  required: ['model'],
});

const names = Object.keys(catalogue);

const generatePaths = () =>
  Object.entries(catalogue).map(([name, entry]) => {
    const post = {
      operationId: componentOf(name),
      tags: ['jobs'],
      summary: `${entry.title}: takes a job, and pays for it.`,
      description: `Returns a ${entry.returns}, typically within ${entry.typicalSeconds} s of the payment.`,
      parameters: [idempotencyKey],
      requestBody: jsonBody(bodyOf(name)),
      responses: {
        '202': answer('The job is taken, or was under this key before.', 'Accepted', ['Location']),
        ...bodyProblems,
        ...problems('InputInvalid', 'IdempotencyConflict', 'MethodNotAllowed'),
      },
    };
    return [offeringPath(name), { post }] as const;
  });

const described = (operationId: string, summary: string, responses: object) => ({
  get: { operationId, tags: ['description'], summary, responses: { ...responses, ...problems() } },
});

const text = (description: string, type: string, schema: JsonSchema) => ({
  '200': { description, content: { [type]: { schema } } },
});

const thisDocument = text('This document.', 'application/json', { type: 'object' });

/** Every path that is served, with every method; HEAD is answered where GET is. */
export const paths = () => ({
  ...Object.fromEntries(generatePaths()),
  '/api/quote': {
    post: {
      operationId: 'quote',
      tags: ['offers'],
      summary: 'What a request would cost, and whether it would be paid. Spends nothing.',
      requestBody: jsonBody({ oneOf: names.map((name) => bodyOf(name, named(name))) }),
      responses: {
        '200': answer('The price at this moment.', 'Quote'),
        ...bodyProblems,
        ...problems('InputInvalid', 'ChallengeUnsupported', 'SellerUnavailable', 'MethodNotAllowed'),
      },
    },
  },
  '/api/jobs': {
    get: {
      operationId: 'listJobs',
      tags: ['jobs'],
      summary: 'Your jobs, newest first.',
      description:
        'A page may hold fewer than `limit` and still have a `nextCursor`: filters look at so many at a time.',
      parameters: [
        query('status', 'Only jobs that are so.', { enum: [...publicStatuses] }),
        query('model', 'flux-2-pro, or flux-2-pro/generate.', { type: 'string', maxLength: 80 }),
        query('since', 'Accepted then or later.', { type: 'string', format: 'date-time' }),
        query('until', 'Accepted before.', { type: 'string', format: 'date-time' }),
        query('limit', 'So many at the most.', { type: 'integer', minimum: 1, maximum: 100, default: 20 }),
        query('cursor', '`nextCursor` of the page before.', { type: 'string', maxLength: 200 }),
      ],
      responses: { '200': answer('A page.', 'JobList'), ...problems('InputInvalid', 'MethodNotAllowed') },
    },
  },
  '/api/jobs/{jobId}': {
    parameters: [jobId],
    get: {
      operationId: 'getJob',
      tags: ['jobs'],
      summary: 'Where a job is; with a link to the result when it is complete.',
      parameters: [prefer],
      responses: {
        '200': answer('The job.', 'Job', ['Preference-Applied']),
        ...problems('NotFound', 'MethodNotAllowed'),
      },
    },
    delete: {
      operationId: 'cancelJob',
      tags: ['jobs'],
      summary: 'Cancels a job of which nothing is signed. Cancelling again changes nothing.',
      responses: {
        '202': answer('It will not be paid for, and ends in a moment.', 'Job'),
        ...problems('NotFound', 'TooLate', 'MethodNotAllowed'),
      },
    },
  },
  '/api/upload': {
    post: {
      operationId: 'grantUpload',
      tags: ['files'],
      summary: 'An address to PUT one file to, once, within 15 minutes. Costs nothing yet.',
      requestBody: jsonBody(schemaAt('UploadRequest')),
      responses: {
        '201': answer('Where and how to put it.', 'UploadGrant'),
        ...bodyProblems,
        ...problems('InputInvalid', 'MethodNotAllowed'),
      },
    },
  },
  '/api/models': {
    get: {
      operationId: 'listModels',
      tags: ['offers'],
      summary: 'Everything that can be asked for, with the JSON Schema of each body.',
      responses: { '200': answer('Every model.', 'ModelList'), ...problems('MethodNotAllowed') },
    },
  },
  '/api/openapi.json': described('openApi', 'This document.', thisDocument),
  '/openapi.json': described('openApiAtRoot', 'This document.', thisDocument),
  '/llms.txt': described(
    'guide',
    'How to use it, in few words.',
    text('A guide.', 'text/plain', { type: 'string' }),
  ),
});
