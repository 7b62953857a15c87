import { useState } from 'preact/hooks';
import type { Booth, Money } from '../answers.ts';
import { usd } from './amounts.ts';
import { Icon } from './icons.tsx';
import { addressOf, type View, views } from './use-route.ts';

const titles: Readonly<Record<View, string>> = { pictures: 'Pictures', batch: 'Batch', money: 'Money' };

interface Shown {
  readonly booth: Booth | undefined;
  readonly money: Money | undefined;
  readonly view: View;
}

/** Where one is, whether the booth signs, what is left of today. */
export function Header({ booth, money, view }: Shown) {
  const total = money?.today.find(({ scope }) => scope === 'total');
  return (
    <header class="header">
      <a class="brand" href={addressOf({ view: 'pictures' })}>
        <img src="/coin.svg" alt="" width="26" height="26" />
        <span>Coinbooth</span>
      </a>
      <nav aria-label="Views">
        {views.map((name) => (
          <a key={name} href={addressOf({ view: name })} aria-current={name === view ? 'page' : undefined}>
            {titles[name]}
          </a>
        ))}
      </nav>
      <div class="header-end">
        <span class="booth-name" title={booth && `Buys from ${booth.seller}`}>
          {booth && (booth.isLocal ? 'on this machine' : booth.name)}
        </span>
        <a class="pill" href={addressOf({ view: 'money' })} data-state={stateOf(money)}>
          <span class="dot" aria-hidden="true" />
          <span>{{ unknown: '…', signing: 'Signing', stopped: 'Stopped' }[stateOf(money)]}</span>
          {total && (
            <span class="left">{usd(Math.max(total.limit - total.held - total.committed, 0))} left</span>
          )}
        </a>
        <ThemeToggle />
      </div>
    </header>
  );
}

const stateOf = (money: Money | undefined): 'unknown' | 'signing' | 'stopped' =>
  money === undefined ? 'unknown' : money.signing?.enabled ? 'signing' : 'stopped';

const themes = ['auto', 'light', 'dark'] as const;

function ThemeToggle() {
  const [theme, setTheme] = useState(
    () => themes.find((name) => name === document.documentElement.dataset.theme) ?? 'auto',
  );
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto';
  const turn = () => {
    setTheme(next);
    if (next === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    localStorage.setItem('theme', next);
  };
  const words = { auto: 'as the system has them', light: 'light', dark: 'dark' };
  return (
    <button
      type="button"
      class="icon-button"
      onClick={turn}
      aria-label={`Colours: ${words[theme]}. Change to ${words[next]}.`}
      title={`Colours: ${words[theme]}`}
    >
      <Icon name={theme === 'auto' ? 'auto' : theme === 'light' ? 'sun' : 'moon'} />
    </button>
  );
}
