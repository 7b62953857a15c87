import { Problem } from './problem.ts';

const modelName = /^[a-z0-9][a-z0-9.-]*\/[a-z0-9][a-z0-9-]*$/;
/** Wider than the UUID of a job, so that the API says which it does not know; no dot, slash or escape. */
const jobName = /^[\w-]+$/;

/**
 * Paths of the API that hold a caller's word. A word that could lead to another path is refused before anything is sent:
 * escapes do not help, since `..` is none and a gateway may undo `%2F`. Its problem has the status of the API's own.
 * @throws Problem
 */
export const apiPath = {
  /** @throws Problem `InputInvalid` */
  generate(model: string): string {
    if (!modelName.test(model))
      throw new Problem(
        'InputInvalid',
        `No model has the name ${JSON.stringify(model)}: it is model/operation.`,
        {
          status: 400,
          fields: [{ field: 'model', message: 'must be model/operation, as the models are listed' }],
        },
      );
    return `/api/generate/${model}`;
  },
  /** @throws Problem `NotFound` */
  job(jobId: string): string {
    if (!jobName.test(jobId))
      throw new Problem('NotFound', `No job has the id ${JSON.stringify(jobId)}.`, { status: 404 });
    return `/api/jobs/${jobId}`;
  },
};
