import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { findingsOf } from './check-access.ts';
import { phone, wide } from './open-page.ts';
import { generate, prompt, tile, useConsole } from './use-console.ts';

/** The console in a real browser, before a whole booth, in the order that a new person would go. */

const own = useConsole();
const { settled, visit } = own;

test('from a prompt to its price to the picture, each seen', () =>
  visit('pictures', async ({ page, see }) => {
    await page.getByText('Nothing yet').waitFor();
    await see('empty');
    expect(await generate(page).getAttribute('aria-disabled')).toBe('true');
    await prompt(page).fill('a lighthouse at dusk, seen from the sea');
    await page.getByLabel('Aspect ratio').selectOption('16:9');
    await page.getByText('$0.03', { exact: true }).waitFor();
    await page.getByLabel('Resolution').selectOption('0.5 MP');
    await page.getByText('$0.02', { exact: true }).waitFor();
    expect(await settled()).toBe(0);

    // Two clicks of a hasty hand are one purchase.
    await generate(page).dblclick();
    const running = tile(page, 'a lighthouse at dusk');
    await running.waitFor();
    const place = await running.boundingBox();
    await running.locator('img.there').waitFor();
    const shown = await running
      .locator('img')
      .evaluate(
        (image: { naturalWidth: number; naturalHeight: number }) => image.naturalWidth / image.naturalHeight,
      );
    expect(shown).toBeCloseTo(16 / 9, 1);
    const after = await running.boundingBox();
    expect(Math.abs((after?.height ?? 0) - (place?.height ?? 0))).toBeLessThan(3);
    expect([await page.locator('.tile').count(), await settled()]).toEqual([1, 1]);
  }));

test('a picture in full: what was asked, its seed, price and transaction; again with another seed', () =>
  visit('pictures', async ({ page, see }) => {
    await tile(page, 'a lighthouse at dusk').getByRole('link').click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('img.there').waitFor();
    const seed = await dialog.locator('.facts div', { hasText: 'Seed' }).locator('dd').innerText();
    expect(seed).toMatch(/^\d+$/);
    const facts = await dialog.locator('.facts').innerText();
    expect(facts).toMatch(/flux-2-pro\/generate[\s\S]*\$0\.02[\s\S]*0x[0-9a-f]{4}…[0-9a-f]{4}/);
    expect(await dialog.locator('.timeline li[data-state=done]').count()).toBe(4);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await dialog.getByRole('button', { name: 'Copy as curl' }).click();
    await dialog.getByText('Copied').waitFor();
    const command = String(await page.evaluate('navigator.clipboard.readText()'));
    expect(command).toContain(`curl -s ${own.booth.world.apiOrigin}/api/generate/flux-2-pro/generate`);
    expect(command).toContain(`"seed":${seed}`);
    await see('full');
    await dialog.getByRole('button', { name: /another seed/ }).click();
    await page.locator('.tile img.there').nth(1).waitFor();
    expect(await settled()).toBe(2);
  }));

test('a picture is changed by one that was delivered, and one of this machine', () =>
  visit('pictures', async ({ page }) => {
    await page.locator('.tile a').first().click();
    await page.getByRole('button', { name: 'Edit this picture' }).click();
    await prompt(page).fill('the same at noon');
    const [file] = own.booth.world.objectKeys('Pictures').filter((key) => key.endsWith('.webp'));
    const buffer = own.booth.world.object('Pictures', file ?? '')?.body ?? Buffer.alloc(0);
    await page
      .getByLabel('Images: files')
      .setInputFiles({ name: 'mine.webp', mimeType: 'image/webp', buffer });
    await page.locator('.medium img').nth(1).waitFor();
    await page.getByText(/of it for files/).waitFor();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await tile(page, 'the same at noon').locator('img.there').waitFor();
  }));

test('ten at once from a file, with how far it is; the same file again buys nothing', () =>
  visit('batch', async ({ page, see }) => {
    const rows = Array.from(
      { length: 10 },
      (_, at) => `flux-2-pro/generate,n${at},boat number ${at},0.5 MP,${at}`,
    );
    const table = ['model,id,prompt,resolution,seed', ...rows, 'flux-2-pro/generate,bad,x,9 MP,1'].join('\n');
    const file = { name: 'boats.csv', mimeType: 'text/csv', buffer: Buffer.from(table) };
    const before = await settled();
    const choose = () => page.getByLabel('A file of requests').setInputFiles(file);
    await choose();
    await page
      .getByText(/resolution/)
      .first()
      .waitFor();
    const buy = page.getByRole('button', { name: 'Buy 10 for $0.20 at the most' });
    await buy.waitFor();
    expect(await settled()).toBe(before);
    await buy.click();
    await page.getByText(/^[2-9] of 10 are through/).waitFor();
    await see('batch');
    const bar = page.getByRole('progressbar');
    expect(await bar.evaluate((one: { position: number }) => one.position)).toBeGreaterThan(0.1);
    await page.getByText('10 of 10 are through').waitFor();
    expect(await page.locator('.lines [data-state=complete]').count()).toBe(10);
    expect(await settled()).toBe(before + 10);

    await page.getByRole('button', { name: 'Another file' }).click();
    await choose();
    await buy.click();
    await page.getByText('10 of 10 are through').waitFor();
    expect(await settled()).toBe(before + 10);
  }));

test('a failed job says what happened, where the money is, and whether to ask again', () =>
  visit('pictures', async ({ page, see }) => {
    own.booth.sandbox?.seller.faults.set('failed-job', { times: 1 });
    await prompt(page).fill('a picture that never comes');
    await generate(page).click();
    const lost = tile(page, 'a picture that never comes');
    await lost.getByText('Paid, and no picture').waitFor();
    await lost.getByRole('link').click();
    const words = await page.getByRole('dialog').locator('.failure').innerText();
    expect(words).toMatch(/What happened\s+The seller took the payment, and then its own job failed/);
    expect(words).toMatch(/Where the money is\s+\$0\.03 was paid\. A claim on the seller is recorded/);
    expect(words).toMatch(/Whether to ask again\s+Asking again buys another one/);
    await see('failed');
  }));

test('by keyboard alone, from the first key to the picture in full and back', () =>
  visit('pictures', async ({ page }) => {
    await prompt(page).waitFor();
    const press = (...keys: string[]) =>
      keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
    const focused = () => page.evaluate('document.activeElement?.id || document.activeElement?.textContent');
    for (let keys = 0; (await focused()) !== 'prompt'; keys += 1) {
      expect(keys).toBeLessThan(12);
      await press('Tab');
    }
    await page.keyboard.type('a kite that no mouse has touched');
    await press('Control+Enter');
    await tile(page, 'a kite that no mouse').locator('img.there').waitFor();
    for (let keys = 0; !String(await focused()).includes('a kite that no mouse'); keys += 1) {
      expect(keys).toBeLessThan(30);
      await press('Tab');
    }
    await press('Enter');
    await page.getByRole('dialog').getByRole('heading', { name: 'a kite that no mouse' }).waitFor();
    await press('ArrowRight');
    await page.getByRole('dialog').getByRole('heading', { name: 'a picture that never comes' }).waitFor();
    await press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }));

test('what was made before is taken for nothing, where that is asked for', () =>
  visit('pictures', async ({ page }) => {
    await prompt(page).fill('a well that is drawn from twice');
    await page.getByRole('textbox', { name: 'Seed' }).fill('77');
    await generate(page).click();
    const once = tile(page, 'a well that is drawn from twice');
    await once.locator('img.there').waitFor();
    const before = await settled();
    await page.getByText('More options').click();
    await page.getByLabel('If it was made before').selectOption('take that one, for nothing');
    await page.getByText('you get that one, for nothing').waitFor();
    await page.locator('.price-amount', { hasText: '$0.00' }).waitFor();
    await generate(page).click();
    await page
      .getByRole('dialog')
      .getByRole('heading', { name: 'a well that is drawn from twice' })
      .waitFor();
    expect([await once.count(), await settled()]).toEqual([1, before]);
  }));

test('with a slow booth it shows what it waits for, and takes one order for many clicks', () =>
  visit('pictures', async ({ page, see }) => {
    const before = await settled();
    await prompt(page).waitFor();
    await page.route(/\/(api|operator)\//, async (route) => {
      await sleep(1_500);
      await route.continue();
    });
    await page.reload();
    await page.locator('.tile.skeleton').first().waitFor();
    await page.locator('.composer-skeleton').waitFor();
    await see('slow');
    await prompt(page).fill('a snail');
    await page.getByText('Asking the seller for its price…').waitFor();
    const clicked = await generate(page).elementHandle();
    for (let clicks = 0; clicks < 5; clicks += 1) {
      await clicked?.evaluate((button: { click(): void }) => button.click());
      await sleep(100);
    }
    await page.getByText('Sending…').waitFor();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await tile(page, 'a snail').locator('img.there').waitFor();
    expect([await tile(page, 'a snail').count(), await settled()]).toEqual([1, before + 1]);
  }));

test('an answer that is lost is asked for again, and bought once', () =>
  visit('pictures', async ({ page, complaints }) => {
    await prompt(page).fill('a letter that was lost');
    const before = await settled();
    await page.route(/\/api\/generate\//, async (route) => {
      await route.fetch();
      await route.abort();
    });
    await generate(page).click();
    await page.getByText('It may have been taken').waitFor();
    await page.unrouteAll();
    await page.getByRole('button', { name: 'Send it again' }).click();
    await tile(page, 'a letter that was lost').locator('img.there').waitFor();
    expect([await tile(page, 'a letter that was lost').count(), await settled()]).toEqual([1, before + 1]);
    // The browser's own note of the answer that was lost.
    expect(complaints.splice(0).every((text) => text.includes('ERR_FAILED'))).toBe(true);
  }));

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
  test.each(['pictures', 'batch', 'money'])('%s has no serious finding of axe', (view) =>
    visit(
      view,
      async ({ page, see }) => {
        await page
          .locator(view === 'money' ? '.balance' : 'main h2, .tile .there')
          .first()
          .waitFor();
        expect(await findingsOf(page)).toEqual([]);
        await see(`${view}-${colorScheme}`);
        if (view !== 'pictures') return;
        await page.locator('.tile[data-status=complete] a').last().click();
        await page.getByRole('dialog').locator('img.there').waitFor();
        expect(await findingsOf(page)).toEqual([]);
        await page.keyboard.press('Escape');
        await page.locator('.tile[data-status=failed] a').last().click();
        await page.locator('.failure').waitFor();
        expect(await findingsOf(page)).toEqual([]);
      },
      { ...wide, colorScheme } as typeof wide,
    ),
  );
});

test.each(['light', 'dark'] as const)(
  'in %s colours a price that is asked again can still be read',
  (colorScheme) =>
    visit(
      'pictures',
      async ({ page }) => {
        await prompt(page).fill('a price that is read twice');
        await page.locator('.price-amount', { hasText: '$0.03' }).waitFor();
        await page.route('**/api/quote', () => {});
        await page.getByLabel('Resolution').selectOption('2 MP');
        await page.locator('.price[data-state=asking]').waitFor();
        // Past every transition.
        await sleep(400);
        expect(await findingsOf(page)).toEqual([]);
        await page.unrouteAll({ behavior: 'ignoreErrors' });
      },
      { ...wide, colorScheme } as typeof wide,
    ),
);

test.each(['pictures', 'batch', 'money'])('at the width of a phone, %s does not scroll sideways', (view) =>
  visit(
    view,
    async ({ page, see }) => {
      await page
        .locator(view === 'pictures' ? '.tile .there' : 'main h2')
        .first()
        .waitFor();
      const width = () => page.evaluate('document.documentElement.scrollWidth');
      expect(await width()).toBe(375);
      await see(`phone-${view}`);
      if (view === 'money') {
        await page.getByRole('button', { name: 'Stop one model, caller or payee…' }).click();
        await page.getByRole('dialog').getByLabel('What is stopped').selectOption('payee');
        await page.getByRole('dialog').getByLabel('Which payee').waitFor();
        expect(await width()).toBe(375);
        await see('phone-stop-one');
      }
      if (view !== 'pictures') return;
      await page.locator('.tile[data-status=complete] a').first().click();
      await page.getByRole('dialog').locator('img.there').waitFor();
      expect(await width()).toBe(375);
      await see('phone-full');
    },
    phone,
  ),
);

test('the colours are those of the system until the person chooses, and stay chosen', () =>
  visit('pictures', async ({ page }) => {
    const paper = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    const day = await paper();
    const toggle = page.getByRole('button', { name: /^Colours/ });
    await toggle.click();
    expect(await paper()).toBe(day);
    await toggle.click();
    const night = await paper();
    expect(night).not.toBe(day);
    await page.reload();
    await toggle.waitFor();
    expect(await paper()).toBe(night);
  }));
