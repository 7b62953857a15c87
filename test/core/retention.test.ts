import { expect, test } from 'vitest';
import { evolve } from '../../shared/core/evolve.ts';
import { erasedJob, expiryOf } from '../../shared/core/retention.ts';
import { happened, jobAfter, newJob, start, timings } from '../functions/jobs.ts';

/** How long rows are kept, and what is left of an erased one. */

const kept = { ...timings, keepJobSeconds: 1000 };
const refused = jobAfter(newJob({ body: '{"prompt":"a secret"}' }), happened.refused());

test('a row may go so long after the last thing that happened, where that is a setting', () => {
  const announced = evolve(refused, { type: 'announced', at: start }, kept);
  expect(announced?.expiresAt).toBe(Math.ceil(start / 1000) + 1000);
  expect(evolve(refused, { type: 'announced', at: start }, timings)).not.toHaveProperty('expiresAt');
  expect(refused).not.toHaveProperty('expiresAt');
  const source = { bucket: 'pictures', key: 'uploads/1', sha256: 'a'.repeat(64) };
  const upload = evolve({ ...refused, source }, { type: 'announced', at: start }, kept);
  expect(upload).not.toHaveProperty('expiresAt');
});

test('a row whose money is not known is kept, however long ago it ended', () => {
  const reserved = jobAfter(newJob(), happened.reserved(newJob()));
  const signed = { ...jobAfter(reserved, happened.authorized()), announcedAt: start };
  const { dueAt: _due, ...quiet } = signed;
  expect(expiryOf(quiet, start, kept)).toBeUndefined();
  expect(erasedJob(quiet, start)).toBeUndefined();
  const proof = { state: 'settled', blockNumber: 7, at: start } as const;
  expect(expiryOf({ ...quiet, proof }, start, kept)).toBe(Math.ceil(start / 1000) + 1000);
});

test('an erased upload no longer names the caller whose job bought it, and can be used by others', () => {
  const source = { bucket: 'pictures', key: 'uploads/1', sha256: 'a'.repeat(64) };
  const { dueAt: _due, ...closed } = jobAfter(refused, happened.announced());
  const upload = {
    ...closed,
    caller: 'coinbooth',
    forCaller: 'AIDAEXAMPLE',
    source,
    blobUrl: 'https://b.test/1',
  };
  const erased = erasedJob(upload, start);
  expect(JSON.stringify(erased)).not.toContain('AIDAEXAMPLE');
  expect(erased).toMatchObject({ blobUrl: upload.blobUrl, source });
});

test('an erased job says what it was and what it cost, and nothing that its caller wrote', () => {
  expect(erasedJob(refused, start)).toBeUndefined();
  const { dueAt: _due, ...closed } = jobAfter(refused, happened.announced());
  const claim = { amountAtomic: '1', payTo: '0x1', sellerSays: 'a secret was refused' };
  const end = { at: start, claim };
  const erased = erasedJob({ ...closed, end, requestHash: 'a'.repeat(64), sent: 'a secret' }, start);
  expect(erased).toMatchObject({
    jobId: closed.jobId,
    caller: 'erased',
    body: '{}',
    version: closed.version + 1,
  });
  expect(erased?.end?.claim).toEqual({ amountAtomic: '1', payTo: '0x1' });
  expect(JSON.stringify(erased)).not.toContain('secret');
  expect(erased).not.toHaveProperty('requestHash');
});
