import { expect, test } from 'vitest';
import { type Auditor, audit } from '../../functions/auditor/audit.ts';

async function audited(answer: Awaited<ReturnType<Auditor['describe']>>) {
  const counted: Record<string, number> = {};
  const warnings: unknown[] = [];
  await audit({
    describe: () => Promise.resolve(answer),
    count: (readings) => {
      for (const [{ name }, value] of readings) counted[name] = value;
    },
    warn: (message, fields) => void warnings.push({ message, ...fields }),
  });
  return { counted, warnings };
}

test('what cannot be fetched is counted as such, and not as a seller that is as it was', async () => {
  expect(await audited({ unavailable: 'it is away' })).toEqual({
    counted: { CatalogueUnreadable: 1 },
    warnings: [{ message: 'the description of the seller cannot be read', why: 'it is away' }],
  });
  expect(await audited({ document: '<!doctype html>' })).toMatchObject({
    counted: { CatalogueUnreadable: 1 },
  });
});

test('what differs is counted, and as much of it told as a log line holds', async () => {
  const more = Array.from({ length: 80 }, (_, number) => [
    `/api/generate/model-${number}/generate`,
    { post: {} },
  ]);
  const { counted, warnings } = await audited({
    document: { openapi: '3.1.0', paths: Object.fromEntries(more) },
  });
  // Thirty entries and the uploads are not sold there.
  expect(counted).toEqual({ CatalogueUnreadable: 0, CatalogueDrift: 111 });
  expect(warnings).toEqual([
    { message: expect.any(String), total: 111, differences: expect.objectContaining({ length: 50 }) },
  ]);
});
