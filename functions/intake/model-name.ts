import * as z from 'zod';

/** What a request by queue or file calls `model`: by its form alone, so that nothing else is repeated to anybody. */
export const modelSchema = z
  .string('must be a model and an operation such as "flux-2-pro/generate"')
  .regex(
    /^[a-z0-9][a-z0-9.-]{0,60}\/[a-z0-9-]{1,40}$/,
    'must be a model and an operation such as "flux-2-pro/generate"',
  );
