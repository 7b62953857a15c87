import sharp from 'sharp';
import { inspectPicture } from '../../../../shared/core/picture.ts';
import type { Proving } from '../../suite.ts';
import { chanceFrom } from '../chance.ts';
import type { Tally } from '../tally.ts';
import { drawPicture, goodPictures } from './draw-picture.ts';
import { watchResources } from './watch-resources.ts';

const sharpName = { webp: 'webp', jpg: 'jpeg', png: 'png' } as const;

/** What sharp, which decodes, makes of the head of the bytes. */
async function opened(bytes: Buffer) {
  try {
    const { format, width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
    return { format, width, height };
  } catch (error) {
    return { none: (error as Error).message };
  }
}

/** Shows so many bodies to the inspection: good pictures pass, and nothing passes that is another thing than it says. */
export async function fuzzPictures(
  { seed, progress }: Omit<Proving, 'size'>,
  tally: Tally,
  pictures: number,
): Promise<void> {
  const watch = watchResources(tally);
  const good = await goodPictures();
  for (let index = 0; index < pictures; index += 1) {
    const name = `picture ${index} of seed ${seed}`;
    await tally.each(name, async () => {
      const untouched = good[index];
      const { bytes, isHurt } = untouched
        ? { bytes: untouched, isHurt: false }
        : drawPicture(chanceFrom(seed, 'picture', index), good);
      const picture = watch.timed(name, () => inspectPicture(bytes));
      tally.count('pictures');
      if ('refused' in picture) {
        if (untouched) tally.breach(`${name}: a good picture is refused: ${picture.refused}`);
        tally.count('picturesRefused');
        return;
      }
      tally.count('picturesAccepted');
      const seen = await opened(bytes);
      const shown = bytes.subarray(0, 96).toString('hex');
      // Nothing is decoded where pictures are taken in: what is damaged behind a sound container is told by its viewer.
      if ('none' in seen && isHurt) tally.count('picturesDamagedInside');
      else if ('none' in seen)
        tally.breach(`${name}: accepted as ${JSON.stringify(picture)}; sharp: ${seen.none}: ${shown}`);
      else if (
        seen.format !== sharpName[picture.format as keyof typeof sharpName] ||
        seen.width !== picture.width ||
        seen.height !== picture.height
      )
        tally.breach(`${name}: ${JSON.stringify(picture)} is ${JSON.stringify(seen)} to sharp: ${shown}`);
    });
    if (index % 100 === 0) progress(index, pictures);
  }
  watch.memory();
}
