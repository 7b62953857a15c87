import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { plainJson, plainLines } from '../../shared/core/plain-text.ts';
import type { Job } from '../client/create-client.ts';
import { linkOf, moneyWords } from './describe-job.ts';

export type ToolAnswer = CallToolResult;

/** Above this a picture is given as a link: it would not fit into what most clients take. */
const largestBytes = 6 * 1024 * 1024;

const mimeTypes: Readonly<Record<string, string>> = {
  webp: 'image/webp',
  jpg: 'image/jpeg',
  png: 'image/png',
};

export const text = (said: object | string): ToolAnswer => ({
  content: [{ type: 'text', text: typeof said === 'string' ? plainLines(said) : plainJson(said) }],
});

/** What a job is, and its picture as a picture; a failure says what became of the money. */
export async function answerOf(job: Job): Promise<ToolAnswer> {
  if (job.status === 'failed') {
    const { reason, outcome, money, retryCanHelp } = job;
    const again = retryCanHelp ? 'Asking again can help.' : 'Do not ask for it again.';
    const said = `${reason.name}: ${reason.message} The job is ${outcome}; ${moneyWords[money]}. ${again}`;
    return { content: [...text(said).content, ...text(job).content], isError: true };
  }
  if (job.status !== 'complete') return text(job);
  const mimeType = mimeTypes[job.format];
  const bytes = mimeType && job.bytes <= largestBytes ? await bytesAt(linkOf(job)) : undefined;
  if (!bytes || mimeType === undefined) return text(job);
  return { content: [{ type: 'image', data: bytes.toString('base64'), mimeType }, ...text(job).content] };
}

/** Undefined when it cannot be had now: the link is in the answer all the same. */
async function bytesAt(link: string | undefined): Promise<Buffer | undefined> {
  if (link === undefined) return undefined;
  try {
    const response = await fetch(link);
    return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
  } catch {
    return undefined;
  }
}
