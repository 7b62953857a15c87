import axe from 'axe-core';
import type { Page } from 'playwright-core';

interface Result {
  readonly id: string;
  readonly impact?: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe-core finds on the page as it is now, of the serious and the critical. */
export async function findingsOf(page: Page): Promise<string[]> {
  // Evaluated by the driver, which the page's own policy does not bind.
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { axe: there } = globalThis as unknown as { axe: { run(): Promise<{ violations: unknown[] }> } };
    return (await there.run()).violations;
  });
  return (violations as Result[])
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}
