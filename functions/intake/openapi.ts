import * as z from 'zod';
import {
  acceptedSchema,
  amountSchema,
  costSchema,
  jobAnswerSchema,
  jobListSchema,
  paidUploadSchema,
  paymentSchema,
  problemSchema,
  reasonSchema,
  uploadGrantSchema,
  uploadRequestSchema,
} from '../../shared/contracts/http.ts';
import { modelListSchema, quoteSchema } from '../../shared/contracts/http-offers.ts';
import { catalogue } from '../../shared/core/catalogue.ts';
import { controlsDescription, fieldsOf, type JsonSchema, referenceDescription } from './body-schemas.ts';
import { guide } from './guide.ts';
import { paths } from './openapi-paths.ts';
import { componentOf, schemaAt } from './openapi-words.ts';

/** What is sent and answered, by the names under which the document speaks of it. */
const contracts = {
  Accepted: acceptedSchema,
  Amount: amountSchema,
  Cost: costSchema,
  Job: jobAnswerSchema,
  JobList: jobListSchema,
  ModelList: modelListSchema,
  PaidUpload: paidUploadSchema,
  Payment: paymentSchema,
  Problem: problemSchema,
  Quote: quoteSchema,
  Reason: reasonSchema,
  UploadGrant: uploadGrantSchema,
  UploadRequest: uploadRequestSchema,
} as const;

/**
 * The whole contract of the HTTP door as an OpenAPI 3.1 document, made from the schemas that answers are checked with
 * and from the catalogue.
 */
export const openApi = () => ({
  openapi: '3.1.0',
  info: {
    title: 'Coinbooth',
    version: '1.0.0',
    summary: 'Pictures, videos and drawings from a pay-per-generation seller, bought by this account.',
    description: guide,
    'x-guidance':
      'Read GET /api/models, then POST /api/quote to learn a price without spending. POST /api/generate/{model}/' +
      '{operation} spends money: send an Idempotency-Key, and repeat a lost request under the same key only. Then GET ' +
      '/api/jobs/{jobId} with "Prefer: wait=20" until it is complete or failed. Ask again after a failure only where ' +
      'retryCanHelp is true.',
  },
  servers: [{ url: '/', description: 'Where this document came from.' }],
  // Which of the two it is depends on the deployment; nothing is served without.
  security: [{ signature: [] }, { token: [] }],
  tags: [
    { name: 'jobs', description: 'Asking for something, and what becomes of it.' },
    { name: 'offers', description: 'What can be asked for, and for how much.' },
    { name: 'files', description: 'Media of your own.' },
    { name: 'description', description: 'This document and the like.' },
  ],
  paths: paths(),
  components: {
    schemas: {
      ...contractSchemas(),
      Controls: controlsDescription(),
      Reference: referenceDescription,
      ...Object.fromEntries(
        Object.entries(catalogue).map(([name, entry]) => [
          componentOf(name),
          { title: entry.title, ...fieldsOf(entry, schemaAt('Reference')) },
        ]),
      ),
    },
    securitySchemes: {
      signature: {
        type: 'apiKey',
        in: 'header',
        name: 'Authorization',
        description: 'AWS Signature Version 4 for the service execute-api.',
        'x-amazon-apigateway-authtype': 'awsSigv4',
      },
      token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    },
  },
});

function contractSchemas(): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(contracts)) registry.add(schema, { id });
  const uri = (id: string) => `#/components/schemas/${id}`;
  const { schemas } = z.toJSONSchema(registry, { uri });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _draft, $id: _place, ...schema }]) => [
      id,
      schema as JsonSchema,
    ]),
  );
}
