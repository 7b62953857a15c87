import type { Money } from '../answers.ts';
import { usd } from './amounts.ts';

const [step, wide, height] = [30, 23, 120] as const;

const hourOf = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

/** What each hour of the day (UTC) came to: what is spent is full, what is held is pale. */
export function DayPlot({ money: { purchases } }: { readonly money: Money }) {
  const { byHour } = purchases;
  const sums = byHour.map(({ held, committed }) => held + committed);
  const most = Math.max(...sums);
  const now = new Date().getUTCHours();
  const tall = (amount: number): number => (most > 0 ? (amount / most) * (height - 6) : 0);
  const said = sums.flatMap((sum, hour) => (sum > 0 ? [`${hourOf(hour)} ${usd(sum)}`] : []));
  return (
    <figure class="day">
      <figcaption>
        Hour by hour <span class="hint">{most > 0 ? `up to ${usd(most)}` : ''}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${24 * step} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Hour by hour: ${said.join(', ') || 'nothing yet'}`}
      >
        {byHour.map(({ held, committed }, hour) => {
          const column = { x: hour * step + (step - wide) / 2, width: wide };
          const [spent, all] = [tall(committed), tall(held + committed)];
          return (
            <g key={hourOf(hour)}>
              <rect class={hour === now ? 'track now' : 'track'} {...column} y={height - 3} height="3" />
              <rect class="held" {...column} y={height - 6 - all} height={all} />
              <rect class="spent" {...column} y={height - 6 - spent} height={spent} />
            </g>
          );
        })}
      </svg>
      <div class="hours" aria-hidden="true">
        {[0, 6, 12, 18].map((hour) => (
          <span key={hour}>{hourOf(hour)}</span>
        ))}
      </div>
    </figure>
  );
}
