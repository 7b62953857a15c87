import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export const chromiumPath = '/usr/bin/chromium';

/** Where what the tests saw is kept, for a person to look at. */
const screens = join(import.meta.dirname, '../reports/screens');

export const wide = { viewport: { width: 1440, height: 900 } };
export const phone = { viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true };

/** Debian's Chromium, that speaks to nobody but the pages it is shown. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

export interface OpenPage {
  readonly page: Page;
  /** Errors and warnings of the console, reports of the policy, errors of the page, and answers that were refused. */
  readonly complaints: string[];
  /** Keeps what is seen as `test/reports/screens/NAME.png`. */
  see(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a page as a new person would, and listens to everything that it complains about. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = wide,
): Promise<OpenPage> {
  const context = await browser.newContext({ colorScheme: 'light', reducedMotion: 'reduce', ...options });
  // Long enough for a machine that has other things to do.
  context.setDefaultTimeout(90_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  return {
    page,
    complaints,
    async see(name) {
      mkdirSync(screens, { recursive: true });
      await page.screenshot({ path: join(screens, `${name}.png`) });
    },
    close: () => context.close(),
  };
}
