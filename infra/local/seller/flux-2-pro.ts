import { z } from 'zod';

/** The path, job type and price ceiling of the one model that the sandbox sells. */
export const FLUX_2_PRO = {
  path: '/api/generate/flux-2-pro/generate',
  type: 'flux-2-pro-generate',
  summary: 'Generate an image with Flux 2 Pro',
  /** What a probe with a bad body is quoted: the route's maximum, not an error (wire.md §1.4). */
  maximumAtomic: 10_000_000n,
} as const;

export const ASPECT_RATIOS = ['1:1', '16:9', '9:16', '3:2', '2:3', '4:5', '5:4', '4:3', '3:4'] as const;
export const RESOLUTIONS = ['0.5 MP', '1 MP', '2 MP'] as const;
const OUTPUT_FORMATS = ['webp', 'jpg', 'png'] as const;

/** The seller's own rules for a body (wire.md §1.3). Unknown fields are dropped, absent ones take the default. */
export const FluxRequest = z.object({
  prompt: z.string().min(1).max(10_000).describe('What to draw'),
  aspect_ratio: z.enum(ASPECT_RATIOS).default('1:1').describe('Width to height'),
  resolution: z.enum(RESOLUTIONS).default('1 MP').describe('Size of the picture in megapixels'),
  output_format: z.enum(OUTPUT_FORMATS).default('webp').describe('File format of the result'),
  output_quality: z.int().min(0).max(100).default(80).describe('Quality of webp and jpg, 0 to 100'),
  safety_tolerance: z.int().min(1).max(5).default(2).describe('1 is strictest, 5 is most permissive'),
  prompt_upsampling: z.boolean().default(false).describe('Let the model enrich the prompt'),
  seed: z.int().optional().describe('Same seed and same request give the same picture'),
});
export type FluxRequest = z.infer<typeof FluxRequest>;

const PRICES: Record<FluxRequest['resolution'], bigint> = {
  '0.5 MP': 20_000n,
  '1 MP': 30_000n,
  '2 MP': 40_000n,
};

/** The price of a request in atomic USDC. */
export function priceOf(request: FluxRequest): bigint {
  return PRICES[request.resolution];
}

/**
 * The body's JSON schema, as the seller publishes it. Inside the 402 it is zod's output view, where a field with a
 * default counts as required; the OpenAPI document has the input view, where it does not. Both are the real
 * seller's, contradiction included (wire.md §1.3).
 */
export function fluxJsonSchema(view: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(FluxRequest, { io: view });
  return schema;
}
