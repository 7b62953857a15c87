import { expect, test } from 'vitest';
import * as z from 'zod';
import { catalogue } from '../../shared/core/catalogue.ts';
import { controlsSchema } from '../../shared/core/controls.ts';
import { plainWords, wrongLines } from '../../shared/core/plain-words.ts';

const wordsFor = (schema: z.ZodType, value: unknown): string | undefined =>
  schema.safeParse(value, { error: plainWords }).error?.issues[0]?.message;

test.each([
  [z.string(), undefined, 'is missing'],
  [z.string(), 5, 'must be text'],
  [z.int(), 1.5, 'must be a whole number'],
  [z.number(), 'x', 'must be a number'],
  [z.boolean(), 'yes', 'must be true or false'],
  [z.array(z.string()), 'x', 'must be a list'],
  [z.object({}), [], 'must be an object'],
  [z.enum(['png', 'jpg']), 'gif', 'must be one of png, jpg'],
  [z.enum(['png', 'jpg']), undefined, 'is missing; it is one of png, jpg'],
  [z.literal(7), 8, 'must be 7'],
  [z.int().max(5), 9, 'must be at most 5'],
  [z.number().gt(0), 0, 'must be more than 0'],
  [z.int().min(1), 0, 'must be at least 1'],
  [z.string().min(1), '', 'must not be empty'],
  [z.string().max(3), 'four', 'must have at most 3 characters'],
  [z.string().length(3), 'four', 'must have exactly 3 characters'],
  [z.array(z.string()).min(1), [], 'must not be empty'],
  [z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 entry'],
  [z.number().multipleOf(5), 7, 'must be a multiple of 5'],
  [z.iso.datetime(), 'yesterday', 'must be a time such as 2026-11-25T14:00:00Z'],
  [z.url(), 'x', 'must be a URL such as https://host'],
  [z.string().regex(/^a$/), 'b', 'must be of the form /^a$/'],
  [z.string().regex(/^a$/, 'must be a'), 'b', 'must be a'],
  [z.union([z.string(), z.number()]), true, 'must be text or a number'],
  [z.union([7, 14].map((days) => z.literal(days))), 8, 'must be 7 or 14'],
  [z.union([z.string().max(2), z.number()]), 'four', 'must have at most 2 characters'],
  [controlsSchema, { maxPrice: true }, 'must be text or a number'],
])('what is wrong is said in plain words (%#)', (schema, value, words) => {
  expect(wordsFor(schema, value)).toBe(words);
});

test('no request of the catalogue is answered in the words of the schema library', () => {
  const foul = [undefined, null, 5, -1.5, 'x', true, [], {}, [5], { x: 1 }];
  const said = new Set<string>();
  for (const { request } of Object.values(catalogue))
    for (const field of [
      'prompt',
      'seed',
      'images',
      'image',
      'duration',
      'durationSeconds',
      'resolution',
      'size',
    ])
      for (const value of foul)
        for (const { message } of request.safeParse({ [field]: value }, { error: plainWords }).error
          ?.issues ?? [])
          said.add(message);
  expect(
    [...said].filter((message) => /invalid|expected|received|too (big|small)|unrecognized/i.test(message)),
  ).toEqual([]);
  expect(said.size).toBeGreaterThan(5);
});

test('each wrong place is a line, and what is not known is named itself', () => {
  const schema = z.strictObject({
    payer: z.strictObject({ seconds: z.int() }),
    named: z.record(z.string().regex(/^x/, 'must begin with x'), z.int()).default({}),
  });
  const { error } = schema.safeParse({ payer: { secs: 5 }, named: { y: 1 } }, { error: plainWords });
  expect(error && wrongLines(error, ['coinbooth'])).toEqual([
    'coinbooth.payer.seconds: is missing',
    'coinbooth.payer.secs: is not known',
    'coinbooth.named.y: is called what nothing here may be called: its name must begin with x',
  ]);
});
