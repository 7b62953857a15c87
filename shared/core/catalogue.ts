import * as z from 'zod';

/**
 * What the seller makes: one entry per model and operation, as data. Field names, ranges and prices follow
 * wire.md §1.2 and §1.3 (the seller's OpenAPI and llms.txt); the split of the price by resolution is the
 * assumption stated there, and a ceiling, never a price.
 */

const megapixels = { '0.5 MP': 0.5, '1 MP': 1, '2 MP': 2 } as const;

const fluxGenerate = z.strictObject({
  prompt: z.string().min(1, 'must not be empty').max(10_000, 'must be at most 10,000 characters'),
  aspect_ratio: z.enum(['1:1', '16:9', '9:16', '3:2', '2:3', '4:5', '5:4', '4:3', '3:4']).optional(),
  resolution: z.enum(['0.5 MP', '1 MP', '2 MP']).optional(),
  output_format: z.enum(['webp', 'jpg', 'png']).optional(),
  output_quality: z.int().min(0).max(100).optional(),
  safety_tolerance: z.int().min(1).max(5).optional(),
  prompt_upsampling: z.boolean().optional(),
  seed: z.int().optional(),
});

export const pictureFormats = ['webp', 'jpg', 'png'] as const;
export type PictureFormat = (typeof pictureFormats)[number];

/** What was asked of a picture, to compare with what came. */
export interface ExpectedPicture {
  readonly format: PictureFormat;
  /** Width divided by height. */
  readonly aspect: number;
  readonly megapixels: number;
}

/** When to look at a running job, in seconds since the seller took it (performance.md §6). */
export interface PollingProfile {
  /** Nothing is worth asking before this: about the 40th percentile of the model's time. */
  readonly firstSeconds: number;
  /** Then in steps of 10–20 % of the typical time, growing so that a stuck job stays cheap. */
  readonly stepSeconds: number;
  readonly growth: number;
  readonly longestStepSeconds: number;
}

export interface Offering<Request = unknown> {
  /** The job type both the seller and we answer with. */
  readonly type: string;
  readonly request: z.ZodType<Request>;
  /** The most we pay for this request, in atomic units of a six-decimal dollar asset. */
  readonly ceilingAtomic: (request: Request) => bigint;
  /**
   * What the seller takes for the fields that make another picture when they are left out (wire.md §1.3, inferred):
   * its job list echoes them, and may echo more.
   */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly expected: (request: Request) => ExpectedPicture;
  readonly polling: PollingProfile;
}

/** Keeps the request's type inside one entry; outside, every entry reads a validated `unknown`. */
const offering = <Request>(entry: Offering<Request>): Offering => entry as Offering;

const ratio = (text: string): number => {
  const [width = 1, height = 1] = text.split(':').map(Number);
  return width / height;
};

export const catalogue: Readonly<Record<string, Offering>> = {
  'flux-2-pro/generate': offering<z.infer<typeof fluxGenerate>>({
    type: 'flux-2-pro-generate',
    request: fluxGenerate,
    ceilingAtomic: ({ resolution = '1 MP' }) =>
      ({ '0.5 MP': 20_000n, '1 MP': 30_000n, '2 MP': 40_000n })[resolution],
    defaults: {
      aspect_ratio: '1:1',
      resolution: '1 MP',
      output_format: 'webp',
    },
    expected: ({ output_format = 'webp', aspect_ratio = '1:1', resolution = '1 MP' }) => ({
      format: output_format,
      aspect: ratio(aspect_ratio),
      megapixels: megapixels[resolution],
    }),
    polling: { firstSeconds: 2, stepSeconds: 0.6, growth: 1.15, longestStepSeconds: 5 },
  }),
};

/** The seller's path for an entry; our own intake answers at the same one. */
export const offeringPath = (name: string): string => `/api/generate/${name}`;

/**
 * Whether a job in the seller's list is of this request: every field that was sent is echoed, and those that were left
 * out are at their defaults where that makes a difference.
 * @param body our request, the JSON that was sent
 * @param echoed what the seller says it was asked
 */
export function sameRequest(entry: Offering, body: string, echoed: unknown): boolean {
  if (typeof echoed !== 'object' || echoed === null) return false;
  const sent: Record<string, unknown> = { ...entry.defaults, ...JSON.parse(body) };
  const shown: Record<string, unknown> = { ...entry.defaults, ...echoed };
  return Object.entries(sent).every(([field, value]) => shown[field] === value);
}
