import { expect, test } from 'vitest';
import { catalogue } from '../../shared/core/catalogue.ts';
import { formatUsd } from '../../shared/core/money.ts';
import { textOf } from './house-files.ts';

/** What a page says of the catalogue, made from the catalogue. */
const table = [
  '| name | gives a | ceiling | takes about |',
  '|---|---|---|---|',
  ...Object.entries(catalogue).map(([name, { returns, ceilingRangeAtomic, typicalSeconds }]) => {
    const [lowest, highest] = ceilingRangeAtomic.map((atomic) => formatUsd(String(atomic), 6));
    const ceiling = lowest === highest ? lowest : `${lowest} to ${highest}`;
    const time = typicalSeconds < 60 ? `${typicalSeconds} s` : `${typicalSeconds / 60} min`;
    return `| \`${name}\` | ${returns === 'svg' ? 'drawing (SVG)' : returns} | ${ceiling} | ${time} |`;
  }),
].join('\n');

test('a page names what the catalogue holds, at its ceilings', () => {
  expect(textOf('infra/docs/catalogue.md')).toContain(`\n\n${table}\n\n`);
});
