import type { Difference } from '../../shared/core/drift.ts';
import { formatUsd } from '../../shared/core/money.ts';

/** What differs between catalogue and seller, in lines for a person: one paragraph for each operation. */
export function sayDifferences(seller: string, differences: readonly Difference[]): string {
  if (differences.length === 0) return `${seller} sells what the catalogue says.`;
  const operations = Map.groupBy(differences, ({ operation }) => operation);
  const paragraphs = [...operations].map(([operation, found]) =>
    [operation, ...found.map((difference) => `  ${say(difference)}`)].join('\n'),
  );
  const places = differences.length === 1 ? '1 place' : `${differences.length} places`;
  return [`${seller} says otherwise than the catalogue in ${places}:`, ...paragraphs].join('\n\n');
}

const quoted = (values: readonly string[]): string => values.map((value) => JSON.stringify(value)).join(', ');
const range = ([lowest, highest]: readonly [string, string]): string =>
  lowest === highest ? formatUsd(lowest, 6) : `${formatUsd(lowest, 6)} to ${formatUsd(highest, 6)}`;

function say(difference: Difference): string {
  switch (difference.what) {
    case 'operation':
      return difference.onlyIn === 'ours' ? 'is no longer sold' : 'is new: the catalogue does not have it';
    case 'field':
      return `${difference.field}: ${difference.onlyIn === 'ours' ? 'the seller does not have it' : 'the catalogue does not have it'}`;
    case 'required':
      return `${difference.field}: ${difference.onlyIn === 'ours' ? 'the seller can do without' : 'the seller needs it'}`;
    case 'kind':
      return `${difference.field}: the seller wants ${difference.theirs}, the catalogue ${difference.ours}`;
    case 'values': {
      const { field, ours, theirs } = difference;
      const gone = ours.length > 0 ? [`the seller does not name ${quoted(ours)}`] : [];
      const further = theirs.length > 0 ? [`the seller also takes ${quoted(theirs)}`] : [];
      return `${field}: ${[...gone, ...further].join('; ')}`;
    }
    case 'least':
    case 'most': {
      const { what, field, ours, theirs } = difference;
      return `${field}: at ${what} ${theirs ?? 'anything'} for the seller, ${ours ?? 'anything'} in the catalogue`;
    }
    case 'price':
      return `asks ${range(difference.theirs)}; the ceilings are ${range(difference.ours)}`;
    case 'unreadable':
      return `the seller's ${difference.part} is written in a way that is not read here`;
  }
}
