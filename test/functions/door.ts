import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { intakeApp } from '../../functions/intake/app.ts';
import type { Door } from '../../functions/intake/door.ts';
import { problemSchema } from '../../shared/contracts/http.ts';
import { openBooth } from './booth.ts';
import { caller } from './jobs.ts';

export const path = '/api/generate/flux-2-pro/generate';
export const json = { 'content-type': 'application/json' };
export const stranger = 'AIDAANOTHER';

/** The HTTP door of a deployment in memory, and a caller before it. */
export function openDoor(change: Partial<Door> = {}) {
  const booth = openBooth();
  const warnings: string[] = [];
  const ports = booth.process().ports;
  const intake: Door = {
    ...ports,
    askPrice: (at, body) => booth.seller.quote(at, body),
    uploadAddresses: {
      presignPut: async (key, { contentType, bytes }, seconds) => ({
        url: `https://bucket.test/${key}?expires=${seconds}`,
        headers: { 'content-type': contentType, 'content-length': String(bytes), 'if-none-match': '*' },
      }),
    },
    newId: randomUUID,
    warn: (message, fields) => void warnings.push(`${message} ${JSON.stringify(fields)}`),
    ...change,
  };
  const app = intakeApp(intake);
  const ask = (at: string, init: RequestInit = {}, who = caller) => app.request(at, init, { caller: who });
  const send = (at: string, body: unknown, more: Readonly<Record<string, string>> = {}, who = caller) =>
    ask(at, { method: 'POST', headers: { ...json, ...more }, body: JSON.stringify(body) }, who);
  const post = (body: string | Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>> = json) =>
    ask(path, { method: 'POST', headers, body });
  return { booth, intake, app, warnings, ask, send, post };
}

/** The problem document of an answer, and the fields that it names. */
export async function problemOf(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = problemSchema.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return { ...problem, fields: (problem.errors ?? []).map(({ field }) => field).toSorted() };
}
