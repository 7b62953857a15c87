import { expect, test } from 'vitest';
import { buildRequest, readField } from '../../../infra/cli/build-request.ts';
import type { Client } from '../../../infra/client/create-client.ts';
import { coinbooth } from './run-cli.ts';

/** No file is named here, so that nothing is asked of a booth. */
const client = {} as Client;
const model = 'flux-2-pro/generate';

test.each([
  ['prompt', { prompt: 'a fox', set: [['prompt', 'a gun']] }],
  ['maxPrice', { maxPrice: '0.01', set: [['maxPrice', '9']] }],
  ['reuse', { reuse: true, set: [['reuse', 'false']] }],
] as const)('%s by --set and by a place of its own is refused', async (field, wish) => {
  await expect(buildRequest(client, model, wish)).rejects.toThrow(`"${field}" is given twice`);
});

test('a field that is set twice is refused', () => {
  expect(() => readField('seed=2', readField('seed=1'))).toThrow('seed is given twice');
  expect(readField('guidance=2', readField('seed=1'))).toEqual([
    ['seed', '1'],
    ['guidance', '2'],
  ]);
});

test.each([
  ['generate', 'a fox', '--max-price', '0.01', '--max-price', '9'],
  ['generate', 'a fox', '--key', 'mine', '--key=other'],
  ['quote', 'a fox', '-m', 'flux-2-pro', '--model', 'grok'],
  ['jobs', '--local', 'one', '--local', 'other'],
])('an option that is given twice is refused: %s %s %s %s', async (...args) => {
  const { code, stderr } = await coinbooth(...args);
  expect([code, stderr]).toEqual([2, expect.stringContaining('is given twice')]);
});

test('a field that reaches for a prototype is sent as it is, so that it is refused by name', async () => {
  const request = await buildRequest(client, model, { prompt: 'a', set: [['__proto__', '0.01']] });
  expect(JSON.stringify(request)).toBe('{"prompt":"a","__proto__":"0.01"}');
});

test('a file is not asked for of what nobody waits for', async () => {
  const { code, stderr } = await coinbooth('generate', 'a fox', '--no-wait', '--out', 'fox.webp');
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining("cannot be used with option '-o, --out <file>'"),
  ]);
});
