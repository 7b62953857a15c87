import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestBooth, type TestBooth } from './test-booth.ts';

let booth: TestBooth;
beforeAll(async () => {
  booth = await openTestBooth();
});
afterAll(() => booth?.close());

test('every day the running stack counts where the seller differs, and nobody is paid for it', async () => {
  await booth.world.tick('EveryDay');
  const [line, ...others] = booth.world.logs().filter(({ text }) => text.includes('CatalogueDrift'));
  expect([line?.functionId?.startsWith('auditor'), others]).toEqual([true, []]);
  // CloudWatch's embedded metric format: the alarm's namespace, dimension and names.
  expect(JSON.parse(line?.text ?? '{}')).toMatchObject({
    _aws: {
      CloudWatchMetrics: [
        {
          Namespace: 'Coinbooth',
          Dimensions: [['service']],
          Metrics: [
            { Name: 'CatalogueUnreadable', Unit: 'Count' },
            { Name: 'CatalogueDrift', Unit: 'Count' },
          ],
        },
      ],
    },
    service: 'auditor',
    CatalogueUnreadable: 0,
    CatalogueDrift: 0,
  });
  expect(await booth.sandbox?.chain.settlements(booth.wallet)).toEqual([]);
});

test('the alarms are named, and not run', () => {
  const alarms = booth.world.ignored.filter((line) => line.includes('AWS::CloudWatch::Alarm'));
  expect(alarms).toHaveLength(19);
});
