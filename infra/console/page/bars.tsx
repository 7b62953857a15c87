import type { Bar } from './spending-bars.ts';

interface Shown {
  readonly title: string;
  readonly bars: readonly Bar[];
  readonly empty: string;
}

const percent = (part: number): string => `${(part * 100).toFixed(2)}%`;

/** Bars with their figures beside them: what is spent is full, what is held is hatched. */
export function Bars({ title, bars, empty }: Shown) {
  return (
    <figure class="bars">
      <figcaption>{title}</figcaption>
      {bars.length === 0 && <p class="hint">{empty}</p>}
      <ul>
        {bars.map(({ name, says, spent, held, isTight }) => (
          <li key={name} data-tight={isTight}>
            <span class="bar-name">{name}</span>
            <span class="bar-says">{says}</span>
            <svg class="bar" role="img" aria-label={`${name}: ${says}`}>
              <rect class="track" width="100%" height="100%" rx="4" />
              <rect
                class="held"
                x={percent(spent)}
                width={percent(Math.min(held, 1 - spent))}
                height="100%"
              />
              <rect class="spent" width={percent(spent)} height="100%" />
            </svg>
          </li>
        ))}
      </ul>
    </figure>
  );
}
