import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createKeyStore } from '../../../infra/local/aws/kms-keys.ts';

const place = { region: 'us-east-1', accountId: '000000000000' };
const [one, other] = [`0x${'11'.repeat(32)}`, `0x${'22'.repeat(32)}`];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coinbooth-wallet-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (importedHex?: string) =>
  createKeyStore(place, folder).add({
    keyId: 'wallet',
    description: '',
    enabled: true,
    ...(importedHex !== undefined && { importedHex }),
  });
const kept = () => readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));

test('a wallet is the same after a restart, made or imported', () => {
  const made = open();
  expect(open().secretKey).toEqual(made.secretKey);
});

test('an imported key never replaces another wallet: it may hold money', () => {
  open();
  const before = kept();
  expect(() => open(one)).toThrow(/Another wallet is kept in/);
  expect(kept()).toEqual(before);
});

test('the same key may be imported again', () => {
  const imported = open(one);
  expect(open(one.toUpperCase().replace('0X', '0x')).secretKey).toEqual(imported.secretKey);
  expect(() => open(other)).toThrow(/Another wallet/);
});
