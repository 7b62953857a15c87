import { execFileSync } from 'node:child_process';

/** A tree that came without its history has no commit to name. */
export function commitHere(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const isChanged =
      git('status', '--porcelain', '--untracked-files=no', '--', '../..', ':(exclude)../reports') !== '';
    return `${git('rev-parse', '--short=12', 'HEAD')}${isChanged ? '+' : ''}`;
  } catch {
    return 'unknown';
  }
}
