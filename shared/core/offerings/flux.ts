import * as z from 'zod';
import { aspectOf, type Offering, offering, pollingFor } from '../offering.ts';
import { promptSchema, referencesSchema } from '../request-fields.ts';

/** Flux 2 Pro (wire.md §1.3); the split of the price by resolution is the assumption stated there. */

const megapixels = { '0.5 MP': 0.5, '1 MP': 1, '2 MP': 2 } as const;
const generateAtomic = { '0.5 MP': 20_000n, '1 MP': 30_000n, '2 MP': 40_000n } as const;
const editAtomic = { '0.5 MP': 30_000n, '1 MP': 45_000n, '2 MP': 60_000n } as const;

const generate = z.strictObject({
  prompt: promptSchema,
  aspect_ratio: z.enum(['1:1', '16:9', '9:16', '3:2', '2:3', '4:5', '5:4', '4:3', '3:4']).optional(),
  resolution: z.enum(['0.5 MP', '1 MP', '2 MP']).optional(),
  output_format: z.enum(['webp', 'jpg', 'png']).optional(),
  output_quality: z.int().min(0).max(100).optional(),
  safety_tolerance: z.int().min(1).max(5).optional(),
  prompt_upsampling: z.boolean().optional(),
  seed: z.int().optional(),
});
const edit = generate.extend({ images: referencesSchema(8) });

const defaults = { aspect_ratio: '1:1', resolution: '1 MP', output_format: 'webp' };

const expected: Offering<z.infer<typeof generate>>['expected'] = ({
  output_format = 'webp',
  aspect_ratio = '1:1',
  resolution = '1 MP',
}) => ({
  format: output_format,
  aspect: aspectOf(aspect_ratio),
  megapixels: megapixels[resolution],
});

export const flux: Readonly<Record<string, Offering>> = {
  'flux-2-pro/generate': offering<z.infer<typeof generate>>({
    title: 'Flux 2 Pro',
    type: 'flux-2-pro-generate',
    request: generate,
    media: [],
    loose: [],
    ceilingAtomic: ({ resolution = '1 MP' }) => generateAtomic[resolution],
    ceilingRangeAtomic: [20_000n, 40_000n],
    defaults,
    returns: 'picture',
    expected,
    typicalSeconds: 5,
    deadlineSeconds: 600,
    polling: pollingFor(5),
  }),
  'flux-2-pro/edit': offering<z.infer<typeof edit>>({
    title: 'Flux 2 Pro: edit',
    type: 'flux-2-pro-edit',
    request: edit,
    media: ['images'],
    loose: [],
    ceilingAtomic: ({ resolution = '1 MP' }) => editAtomic[resolution],
    ceilingRangeAtomic: [30_000n, 60_000n],
    defaults,
    returns: 'picture',
    expected,
    typicalSeconds: 5,
    deadlineSeconds: 600,
    polling: pollingFor(5),
  }),
};
