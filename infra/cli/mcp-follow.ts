import { type Client, isEnded } from '../client/create-client.ts';
import { answerOf, type ToolAnswer } from './mcp-answer.ts';

/** Of a call: who asks wants to hear how far it is, or wants it no longer. */
export interface Extra {
  readonly signal: AbortSignal;
  readonly _meta?: { readonly progressToken?: string | number | undefined } | undefined;
  sendNotification(notification: {
    method: 'notifications/progress';
    params: { progressToken: string | number; progress: number; total: number; message: string };
  }): Promise<void>;
}

/** Waits in steps, and tells after each how far it is. A call that is given up leaves the job to go its way. */
export async function followForAgent(
  client: Client,
  jobId: string,
  waitSeconds: number,
  extra: Extra,
): Promise<ToolAnswer> {
  const { signal, _meta } = extra;
  const until = Date.now() + waitSeconds * 1000;
  for (;;) {
    const left = (until - Date.now()) / 1000;
    const job = await client.job(jobId, { wait: Math.max(0, Math.min(left, 5)), signal });
    if (isEnded(job) || left <= 0) return answerOf(job);
    const progressToken = _meta?.progressToken;
    if (progressToken === undefined) continue;
    const progress = Math.max(0, waitSeconds - left);
    const params = {
      progressToken,
      progress,
      total: waitSeconds,
      message: ('waitsFor' in job && job.waitsFor) || job.status,
    };
    await extra.sendNotification({ method: 'notifications/progress', params });
  }
}
