import type { Booth, Money } from '../answers.ts';
import { Bars } from './bars.tsx';
import { DayPlot } from './day-plot.tsx';
import { ResultsCard } from './results-card.tsx';
import { barsOfBudgets, barsOfPurchases, spentToday } from './spending-bars.ts';
import { StopCard } from './stop-card.tsx';
import type { Loaded } from './use-loaded.ts';
import { WalletCard } from './wallet-card.tsx';

interface Shown {
  readonly booth: Booth | undefined;
  readonly money: Loaded<Money>;
  /** Of all that can be bought. */
  readonly models: readonly string[];
}

/** What may be spent, what was, from which wallet, the switch that stops it, and results that wait for an operator. */
export function MoneyView({ booth, money: { value: money, reload }, models }: Shown) {
  const names = {
    model: models,
    caller: Object.keys(money?.purchases.byCaller ?? {}),
    payee: booth?.payees ?? [],
  };
  return (
    <div class="money">
      <section class="card spending" aria-labelledby="spending-title" aria-busy={!money}>
        <h2 id="spending-title">Today</h2>
        <p class="hint">From midnight UTC. Held: signed or about to be, and not proven on the chain yet.</p>
        {money ? (
          <>
            <Total money={money} />
            <DayPlot money={money} />
            <Bars title="Budgets" bars={barsOfBudgets(money)} empty="There are no budgets." />
            <Bars title="By model" bars={barsOfPurchases(money, 'model')} empty="Nothing was bought today." />
            <Bars
              title="By caller"
              bars={barsOfPurchases(money, 'caller')}
              empty="Nobody has bought anything today."
            />
            {money.purchases.isPartial && (
              <p class="hint">There are more jobs than are added up here: the sums are too low.</p>
            )}
          </>
        ) : (
          <div class="skeleton spending-skeleton" />
        )}
      </section>
      <div class="money-side">
        <StopCard money={money} names={names} changed={reload} />
        <ResultsCard />
        <WalletCard booth={booth} />
      </div>
    </div>
  );
}

/** The one figure that everybody looks for. */
function Total({ money }: { readonly money: Money }) {
  const { spent, limit } = spentToday(money);
  return (
    <p class="total">
      <span class="balance">{spent}</span>
      <span class="hint">of {limit} today</span>
      <span class="legend" aria-hidden="true">
        <span data-part="spent">spent</span>
        <span data-part="held">held</span>
      </span>
    </p>
  );
}
