import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { catalogue, mediaOf, sameRequest, withMedia } from '../../shared/core/catalogue.ts';
import { type Request, requestsOf } from './requests.ts';

/** Something else of the same kind. */
function changed(value: unknown): unknown {
  if (typeof value === 'string') return `${value}!`;
  if (typeof value === 'number') return value === 0 ? 1 : -value;
  if (typeof value === 'boolean') return !value;
  return Array.isArray(value) ? [...value, value[0]] : null;
}

describe.each(Object.entries(catalogue))('any request for %s', (_, entry) => {
  const requests = requestsOf(entry);
  const holds = (property: (request: Request, body: string) => void) =>
    fc.assert(
      fc.property(requests, (request) => property(request, JSON.stringify(request))),
      { numRuns: 60 },
    );

  test('is taken as it came, and costs what lies in the range', () =>
    holds((request) => {
      expect(entry.request.parse(request)).toEqual(request);
      const [lowest, highest] = entry.ceilingRangeAtomic;
      const ceiling = entry.ceilingAtomic(request);
      expect(ceiling > 0n && ceiling >= lowest && ceiling <= highest).toBe(true);
    }));

  test('has its media taken out and put back', () =>
    holds((request, body) => {
      const media = mediaOf(entry, body);
      expect(withMedia(entry, body, (reference) => reference)).toBe(body);
      const numbered = withMedia(
        entry,
        body,
        (reference) => `https://blob.example.com/${media.indexOf(reference)}`,
      );
      expect(mediaOf(entry, numbered)).toEqual(
        media.map((reference) => `https://blob.example.com/${media.indexOf(reference)}`),
      );
      expect(entry.request.safeParse(JSON.parse(numbered)).success).toBe(true);
      expect(Object.keys(JSON.parse(numbered))).toEqual(Object.keys(request));
    }));

  test('is known by its echo, and not by another’s', () =>
    holds((request, body) => {
      const echo = Object.fromEntries(Object.entries({ ...entry.defaults, ...request }).toReversed());
      expect(sameRequest(entry, body, echo)).toBe(true);
      expect(sameRequest(entry, body, { ...echo, sampler: 'fast' })).toBe(true);
      for (const [field, value] of Object.entries(echo))
        expect(sameRequest(entry, body, { ...echo, [field]: changed(value) })).toBe(false);
    }));

  test('expects nothing that cannot be', () =>
    holds((request) => {
      const { aspect = 1, megapixels = 1, durationSeconds = 1, format } = entry.expected(request);
      for (const number of [aspect, megapixels, durationSeconds]) expect(number).toBeGreaterThan(0);
      expect(durationSeconds).toBeLessThanOrEqual(15);
      if (entry.returns === 'video') expect(format).toBe('mp4');
    }));
});
