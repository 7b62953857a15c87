import { describe, expect, test } from 'vitest';
import { check } from '../../functions/intake/check.ts';

const nothing = { read: () => Promise.resolve(undefined) };
const library = {
  ledger: nothing,
  uploads: nothing,
  bucketName: 'pictures',
  referenceBuckets: [],
  knownOrigins: [],
};

const url = 'https://pictures.example.com/kite.png';
const clip = { prompt: 'x', duration: '4', aspectRatio: '1:1', outputResolution: '480p' };

describe('what is wrong is told by its field, of the way of asking that was meant', () => {
  test.each<[string, object, readonly string[]]>([
    ['seedance/i2v', clip, ['image']],
    ['seedance/i2v', { ...clip, duration: 4, image: url }, ['duration']],
    ['seedance/i2v', { ...clip, mode: 'keyframe' }, ['urlMediaTypes', 'urls']],
    [
      'seedance/i2v',
      { ...clip, mode: 'keyframe', urls: [url], urlMediaTypes: ['image', 'image'] },
      ['urlMediaTypes'],
    ],
    ['seedance/i2v', { ...clip, image: url, colour: 'red' }, ['colour']],
    ['veo-3.1/generate', { prompt: 'x', image: url }, ['image']],
    ['veo-3.1/generate', { prompt: 'x', imageMode: 'first-frame' }, ['image']],
    ['veo-3.1/generate', { prompt: 'x', imageMode: 'interpolation', image: url }, ['lastFrame']],
    ['veo-3.1/generate', { prompt: 'x', imageMode: 'reference', image: url }, ['image', 'referenceImages']],
    ['veo-3.1/generate', { prompt: 'x', imageMode: 'sideways' }, ['imageMode']],
    [
      'veo-3.1/generate',
      { prompt: 'x', durationSeconds: 8, resolution: '4k' },
      ['durationSeconds', 'resolution'],
    ],
    ['wan-2.6/t2v', { prompt: 'x', seed: {} }, ['seed']],
    ['wan-2.6/i2v', { image: 'http://10.0.0.1/kite.png', prompt: 'x' }, ['image']],
    ['flux-2-pro/edit', { prompt: 'x', images: [url, 'kite.png'] }, ['images.1']],
    ['flux-2-pro/generate', clip, ['aspectRatio', 'duration', 'outputResolution']],
    ['flux-2-pro/generate', { prompt: 'x', maxPrice: 'a lot' }, ['maxPrice']],
    ['grok/generate', [] as object, ['body']],
  ])('%s %j: %j', async (name, request, fields) => {
    const checked = await check(library, 'AIDASOMEONE', name, request);
    if (!('wrong' in checked)) throw new Error('It was taken.');
    expect(checked.wrong.map(({ field }) => field).toSorted()).toEqual(fields);
    for (const { message } of checked.wrong) expect(message).not.toBe('');
  });
});
