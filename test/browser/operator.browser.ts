import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { findingsOf } from './check-access.ts';
import { phone, wide } from './open-page.ts';
import { generate, prompt, tile, useConsole } from './use-console.ts';

/** What operators do in the console: they stop and resume, and decide about results. */

const own = useConsole();
const { address, settled, visit } = own;
beforeAll(async () => {
  const jobId = await own.booth.submit({ prompt: 'a picture to begin with', resolution: '0.5 MP' });
  expect((await own.booth.ended(jobId)).detail.status).toBe('delivered');
});

test('stop with a reason: nothing is signed; resume looks at everything first', () =>
  visit('money', async ({ page, see }) => {
    await page.getByText('USD Coin on').waitFor();
    expect(await page.getByText(own.booth.wallet, { exact: true }).count()).toBe(1);
    await page.getByRole('img', { name: /^All together: \$0\.\d+ of \$25\.00/ }).waitFor();
    await page.getByRole('img', { name: /^flux-2-pro\/generate: \$/ }).waitFor();
    await page.getByRole('img', { name: /^AIDALOCALOPERATOR0001: \$/ }).waitFor();
    await see('money');
    await page.getByRole('button', { name: 'Stop…' }).click();
    const stop = page.getByRole('button', { name: 'Stop signing' });
    expect(await stop.getAttribute('aria-disabled')).toBe('true');
    await page.getByLabel(/^Why/).fill('the prices look odd');
    await stop.click();
    await page.getByText('Nothing is signed.').waitFor();

    const before = await settled();
    await page.getByRole('link', { name: 'Pictures' }).click();
    await prompt(page).fill('a boat that waits');
    await page.getByText('Nothing is signed at present').waitFor();
    await generate(page).click();
    const waiting = tile(page, 'a boat that waits');
    await waiting.getByText('waiting to be paid').waitFor();
    await see('stopped');
    expect(await settled()).toBe(before);
    await waiting.getByRole('link').click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').getByText('Nothing was spent.').waitFor();
    await page.keyboard.press('Escape');
    await waiting.getByText('Cancelled', { exact: true }).waitFor();

    await page.getByRole('link', { name: 'Resume…' }).click();
    own.booth.sandbox?.seller.faults.set('no-acceptable-requirements');
    await page.getByRole('button', { name: 'Resume…' }).click();
    await page.getByText('payee is not ready').waitFor();
    await page.getByLabel(/^Why/).fill('all is well');
    await page.getByRole('button', { name: 'Resume signing' }).click();
    await page.getByText('It stays stopped').waitFor();
    await see('not-ready');
    own.booth.sandbox?.seller.faults.clear('no-acceptable-requirements');
    await page.getByRole('button', { name: 'Resume signing' }).click();
    await page.getByRole('heading', { name: 'Signing is on' }).waitFor();
    await page.getByRole('link', { name: 'Pictures' }).click();
    await prompt(page).fill('a boat at last');
    await generate(page).click();
    await tile(page, 'a boat at last').locator('img.there').waitFor();
  }));

test('one model is stopped while the others go on, and says so where it is asked for', () =>
  visit('money', async ({ page, see }) => {
    await page.getByRole('button', { name: 'Stop one model, caller or payee…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/^Why/).fill('too dear this week');
    await dialog.getByLabel('Which model').fill('flux-2-pro/generate');
    expect(await findingsOf(page)).toEqual([]);
    await see('stop-one');
    await dialog.getByRole('button', { name: 'Stop it' }).click();
    await page.getByText('“too dear this week”').waitFor();
    await page.getByRole('heading', { name: 'Signing is on' }).waitFor();
    expect(await findingsOf(page)).toEqual([]);

    const before = await settled();
    await page.getByRole('link', { name: 'Pictures' }).click();
    await prompt(page).fill('a sledge that waits');
    await page.getByText('Nothing is signed for model:flux-2-pro/generate').first().waitFor();
    await generate(page).click();
    const waiting = tile(page, 'a sledge that waits');
    await waiting.getByText('waiting to be paid').waitFor();
    expect(await settled()).toBe(before);

    await page.getByRole('link', { name: 'Money' }).click();
    await page.getByRole('button', { name: 'Resume model flux-2-pro/generate…' }).click();
    await page.getByLabel(/^Why/).fill('cheap again');
    await page.getByRole('button', { name: 'Resume it' }).click();
    await page.getByText('“too dear this week”').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Pictures' }).click();
    await waiting.locator('img.there').waitFor();
    expect(await settled()).toBe(before + 1);
  }));

test('a host that holds a result is allowed, and a refused file is saved, released and discarded', () =>
  visit('money', async ({ page, see }) => {
    const { faults, annexOrigin } = own.booth.sandbox?.seller ?? {};
    const card = page.locator('.results');
    const dialog = page.getByRole('dialog');
    const order = { prompt: 'a lighthouse', resolution: '0.5 MP' };
    // The card asks every fifteen seconds, and whenever somebody comes to it.
    const shows = async (what: Locator) => {
      for (let round = 0; (await what.count()) === 0; round += 1) {
        expect(round, `rounds without ${what}`).toBeLessThan(60);
        await page.goto(address('pictures'));
        await prompt(page).waitFor();
        await page.goto(address('money'));
        await sleep(1000);
      }
    };
    // Each fault lasts until it is seen: an answer or a download that got lost could use up a single one.
    faults?.set('result-elsewhere');
    const held = await own.booth.submit(order);
    await shows(card.getByText(`Held: ${annexOrigin}`));
    await card.getByRole('button', { name: 'Allow this host' }).click();
    await dialog.getByText('Jobs that wait for one ask for it').waitFor();
    expect(await findingsOf(page)).toEqual([]);
    await see('results-ask');
    await dialog.getByRole('button', { name: 'Leave it' }).click();
    await card.getByText(`Held: ${annexOrigin}`).waitFor();
    await card.getByRole('button', { name: 'Allow this host' }).click();
    await dialog.getByRole('button', { name: 'Allow it' }).click();
    await card.getByText(`Allowed: ${annexOrigin}`).waitFor();
    expect((await own.booth.ended(held)).detail.status).toBe('delivered');
    faults?.clear('result-elsewhere');
    await card.getByRole('button', { name: `Forbid ${annexOrigin}` }).click();
    await dialog.getByRole('button', { name: 'Forbid it' }).click();
    await card.getByText(`Held: ${annexOrigin}`).waitFor();

    faults?.set('svg-picture');
    const refused = await own.booth.submit(order);
    await shows(card.getByText(`Job ${refused}`).first());
    await card.scrollIntoViewIfNeeded();
    expect(await findingsOf(page)).toEqual([]);
    await see('results');
    await page.setViewportSize(phone.viewport);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(375);
    await card.scrollIntoViewIfNeeded();
    await see('phone-results');
    await page.setViewportSize(wide.viewport);

    const [file] = await Promise.all([
      page.waitForEvent('download'),
      card
        .getByRole('button', { name: `Download the file of job ${refused}` })
        .first()
        .click(),
    ]);
    expect(file.suggestedFilename()).toMatch(new RegExp(`^${refused}-[0-9a-f]{16}\\.bin$`));
    expect(await readFile(await file.path(), 'utf8')).toContain('<script>');
    const release = card.getByRole('button', { name: `Release the file of job ${refused}` });
    await release.first().click();
    await dialog.getByRole('button', { name: 'Release it' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect((await own.booth.ended(refused)).detail).toMatchObject({
      status: 'delivered',
      asset: { format: 'bin' },
    });
    await release.waitFor({ state: 'detached' });

    const mended = await own.booth.submit(order);
    const discard = card.getByRole('button', { name: `Discard the file of job ${mended}` });
    await shows(discard);
    faults?.clear('svg-picture');
    expect((await own.booth.ended(mended)).detail.status).toBe('delivered');
    await discard.click();
    await dialog.getByRole('button', { name: 'Discard it' }).click();
    await discard.waitFor({ state: 'detached' });
    await card.getByText('Nothing is in quarantine.').waitFor();
  }));
