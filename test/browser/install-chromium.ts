import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromiumPath } from './open-page.ts';

/** Debian's own Chromium, from Debian's packages, where it is missing: it takes root and about half a minute. */
if (!existsSync(chromiumPath)) {
  console.error(`There is no ${chromiumPath}: installing Debian's package "chromium".`);
  const apt = (...args: string[]) =>
    execFileSync('apt-get', args, {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  apt('update');
  apt('install', '--yes', '--no-install-recommends', 'chromium');
}
