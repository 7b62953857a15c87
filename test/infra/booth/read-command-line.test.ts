import { expect, test } from 'vitest';
import { readCommandLine } from '../../../infra/local/booth/read-command-line.ts';

const payee = `0x${'11'.repeat(20)}`;
const asset = `0x${'22'.repeat(20)}`;
const other = [
  '--seller',
  'http://127.0.0.1:4020',
  '--payee',
  payee,
  '--network',
  'eip155:31337',
  '--asset',
  asset,
];

test('the sandbox may be paid on another rail, and no other seller may', () => {
  expect(readCommandLine(['--rail', 'tempo'])).toMatchObject({ rail: 'tempo' });
  expect(() => readCommandLine(['--rail', 'cheque'])).toThrow('--rail takes x402 or tempo, not "cheque".');
  expect(() => readCommandLine([...other, '--rail', 'tempo'])).toThrow('--rail is for the sandbox seller');
});

test('without options: the sample, on port 4402, kept in .coinbooth, until Ctrl-C', () => {
  expect(readCommandLine([])).toEqual({
    prompt: 'a red kite over snow',
    once: false,
    json: false,
    port: 4402,
    dataDir: '.coinbooth',
    faults: [],
  });
});

test('one purchase takes any port that is free', () => {
  expect(readCommandLine(['--once'])).toMatchObject({ once: true, port: 0 });
});

test('reads every option', () => {
  const args = [
    '--once',
    '--json',
    '--port',
    '0',
    '--data-dir',
    'x',
    ...other,
    '--rpc',
    'http://127.0.0.1:8545',
    'a boat',
  ];
  expect(readCommandLine(args)).toMatchObject({
    prompt: 'a boat',
    once: true,
    port: 0,
    seller: {
      origin: 'http://127.0.0.1:4020',
      payee,
      network: 'eip155:31337',
      asset,
      rpcUrl: 'http://127.0.0.1:8545',
    },
  });
  expect(readCommandLine(['--help'])).toBe('help');
});

test('a manifest takes the place of the prompt', () => {
  const command = readCommandLine(['--once', '--manifest', 'batch.csv']);
  expect(command).toMatchObject({ once: true, manifest: 'batch.csv' });
});

test.each([
  ['a manifest without a name', ['--manifest', ''], /--manifest/],
  ['a manifest and a prompt', ['--manifest', 'batch.csv', 'a boat'], /not both/],
  ['an unknown option', ['--nope'], /nope/],
  ['a prompt without quotes', ['a', 'boat'], /quotes/],
  ['an empty prompt', [' '], /empty/],
  ['a port of words', ['--port', 'http'], /--port/],
  ['a port too high', ['--port', '70000'], /--port/],
  ['an unknown fault', ['--fault', 'rain'], /rain/],
  ['a seller without a payee', other.slice(0, 2), /go together/],
  ['a payee without a seller', other.slice(2, 4), /go together/],
  ['a seller with a path', ['--seller', 'http://x.test/api', ...other.slice(2)], /origin/],
  ['a seller that is a file', ['--seller', 'file:///tmp', ...other.slice(2)], /origin/],
  [
    'a network that is no EVM chain',
    [...other.slice(0, 4), '--network', 'solana:x', '--asset', asset],
    /CAIP-2/,
  ],
  ['an asset that is no address', [...other.slice(0, 6), '--asset', '0x12'], /--asset/],
  ['a node that is no URL', [...other, '--rpc', 'node'], /--rpc/],
  ['a fault for another seller', [...other, '--fault', 'lost-answer'], /sandbox/],
])('refuses %s', (_name, args, words) => {
  expect(() => readCommandLine(args)).toThrow(words);
});

test('an option that is given twice is refused, but for faults', () => {
  expect(() => readCommandLine([...other, '--payee', asset])).toThrow('--payee is given twice.');
  expect(() => readCommandLine(['--data-dir=a', '--data-dir', 'b'])).toThrow('--data-dir is given twice.');
  expect(readCommandLine(['--fault', 'lost-answer', '--fault', 'lost-answer'])).toMatchObject({
    faults: ['lost-answer', 'lost-answer'],
  });
});
