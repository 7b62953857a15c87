import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { llmsText, openApiDocument } from '../../../infra/local/seller/describe-api.ts';
import { CATALOGUE } from '../../../infra/local/seller/models/catalogue.ts';

const ORIGIN = 'http://127.0.0.1:4020';

interface Described {
  info: object;
  paths: Record<string, { post?: { 'x-payment-info'?: object; requestBody?: object } }>;
}

describe('how the sandbox describes itself', () => {
  const document = openApiDocument(ORIGIN) as Described;

  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate({ ...structuredClone(document) });
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    expect(validator.version).toBe('3.1');
  });

  it.each(CATALOGUE.map(({ path, price, example }) => [path, price, example] as const))(
    '%s has a price and a schema in which nothing with a default is required',
    (path, price, example) => {
      const post = document.paths[path]?.post;
      const { min, max } = price.mode === 'dynamic' ? price : { min: 'none', max: 'none' };
      expect(post?.['x-payment-info']).toEqual({
        price: { mode: 'dynamic', currency: 'USD', min, max },
        protocols: [{ x402: {} }],
      });
      const content = post?.requestBody as {
        content: {
          'application/json': { schema: { required: string[]; properties: Record<string, object> } };
        };
      };
      const { required, properties } = content.content['application/json'].schema;
      expect(Object.keys(example)).toEqual(expect.arrayContaining(required));
      expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(example)));
      for (const name of required) expect(properties[name]).not.toHaveProperty('default');
    },
  );

  it('has the fixed price of an upload, and guidance', () => {
    expect(document.paths['/api/upload']?.post?.['x-payment-info']).toEqual({
      price: { mode: 'fixed', currency: 'USD', amount: '0.01' },
      protocols: [{ x402: {} }],
    });
    expect(document.info).toMatchObject({ 'x-guidance': expect.stringContaining('SIGN-IN-WITH-X') });
  });

  it('lists every model for language models', () => {
    const text = llmsText(ORIGIN);
    for (const { path } of CATALOGUE) expect(text).toContain(`POST ${ORIGIN}${path} (paid, $`);
    expect(text).toContain(`POST ${ORIGIN}/api/upload (paid, $0.01)`);
  });
});
