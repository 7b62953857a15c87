import { spanOf } from './amounts.ts';
import type { Model } from './request-form.ts';

interface Shown {
  readonly models: readonly Model[];
  readonly model: Model;
  readonly choose: (name: string) => void;
}

const groups: readonly (readonly [title: string, has: (model: Model) => boolean])[] = [
  ['New pictures', ({ returns, name }) => returns === 'picture' && !name.endsWith('/edit')],
  ['Changed pictures', ({ name }) => name.endsWith('/edit')],
  ['Videos', ({ returns }) => returns === 'video'],
  ['Drawings (SVG)', ({ returns }) => returns === 'svg'],
];

/** What to ask, with what it gives, how long it takes and what it may cost. */
export function ModelChoice({ models, model, choose }: Shown) {
  const { lowestUsd, highestUsd } = model.ceiling;
  return (
    <label class="field">
      <span class="label">Model</span>
      <select value={model.name} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {groups.map(([title, has]) => (
          <optgroup key={title} label={title}>
            {models.filter(has).map(({ name, title: label }) => (
              <option key={name} value={name}>
                {label.replace(/: edit$/, '')}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <span class="hint">
        About {spanOf(model.typicalSeconds * 1000, true)},{' '}
        {lowestUsd === highestUsd ? `up to ${highestUsd}` : `${lowestUsd} to ${highestUsd}`}
      </span>
    </label>
  );
}
