import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { vi } from 'vitest';
import { runCoinbooth } from '../../../infra/cli/run-coinbooth.ts';
import { announceRunning } from '../../../infra/local/booth/announce-running.ts';
import { openTestBooth, type TestBooth } from '../../flow/test-booth.ts';

export const root = join(import.meta.dirname, '../../..');
export const program = join(root, 'infra/cli/main.ts');

export const json = (text: string) => JSON.parse(text) as Record<string, never>;

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in this process, one at a time: what it said, and with which code it ends. */
export async function coinbooth(...args: string[]): Promise<Said> {
  const said = { stdout: '', stderr: '' };
  const before = process.exitCode;
  const spies = (['log', 'error'] as const).map((method) =>
    vi.spyOn(console, method).mockImplementation((line: unknown) => {
      said[method === 'log' ? 'stdout' : 'stderr'] += `${String(line)}\n`;
    }),
  );
  const streams = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      said[name] += String(chunk);
      return true;
    }),
  );
  try {
    return { code: await runCoinbooth(args), ...said };
  } finally {
    for (const spy of [...spies, ...streams]) spy.mockRestore();
    process.exitCode = before;
  }
}

/** The same by the program that people install, in a process of its own. */
export async function spawnCoinbooth(...args: string[]): Promise<Said> {
  const child = spawn(process.execPath, [program, ...args], { cwd: root });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { code, stdout, stderr };
}

/** A booth that the command line finds, and a folder for what it brings. */
export interface AnnouncedBooth {
  readonly booth: TestBooth;
  readonly folder: string;
  /** Speaks to this booth. */
  local(...args: string[]): Promise<Said>;
  close(): Promise<void>;
}

export async function openAnnouncedBooth(): Promise<AnnouncedBooth> {
  const booth = await openTestBooth();
  const folder = await mkdtemp(join(tmpdir(), 'coinbooth-test-'));
  await announceRunning(booth, folder);
  return {
    booth,
    folder,
    local: (...args) => coinbooth(...args, '--local', folder),
    async close() {
      await booth.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
