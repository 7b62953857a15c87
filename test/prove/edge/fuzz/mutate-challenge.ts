import type { Chance } from '../chance.ts';
import { challengeCorpus } from './challenge-corpus.ts';
import { good, goodElsewhere, type Json } from './challenge-parts.ts';
import { drawOddNeighbours } from './odd-neighbours.ts';
import {
  oddAmounts,
  oddAssets,
  oddExtras,
  oddNetworks,
  oddPayees,
  oddSchemes,
  oddWindows,
} from './odd-values.ts';

const odd: Readonly<Record<string, readonly Json[]>> = {
  amount: oddAmounts,
  asset: oddAssets,
  extra: oddExtras,
  maxTimeoutSeconds: oddWindows,
  network: oddNetworks,
  payTo: oddPayees,
  scheme: oddSchemes,
};

const inserts = [
  '0',
  '1',
  '-',
  '.',
  'e',
  ' ',
  '"',
  ',',
  ':',
  '{',
  '}',
  '[',
  ']',
  '\\',
  '\u0000',
  '\n',
  'é',
  '\u202e',
  '🪁',
];

type Tree = Record<string, unknown> & { accepts: Record<string, unknown>[] };

const parsed = (text: string): Tree | undefined => {
  // Deeper than what the language itself can write again.
  if (text.includes('['.repeat(1_000))) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const { accepts } = (value ?? {}) as { accepts?: unknown };
    const isTree = Array.isArray(accepts) && accepts.every((entry) => typeof entry === 'object' && entry);
    return isTree ? (value as Tree) : undefined;
  } catch {
    return undefined;
  }
};

/** One change of the options, or of what surrounds them. */
function change(tree: Tree, chance: Chance): void {
  const { accepts } = tree;
  const option = accepts.length > 0 ? chance.pick(accepts) : undefined;
  const [field, values] = chance.pick(Object.entries(odd));
  switch (chance.below(9)) {
    case 0:
    case 1:
    case 2:
      if (option) option[field] = chance.pick(values);
      return;
    case 3:
      if (option) delete option[chance.pick(Object.keys(option).concat('none'))];
      return;
    case 4:
      accepts.splice(chance.below(accepts.length + 1), 0, { ...chance.pick([good, goodElsewhere]) });
      return;
    case 5:
      if (option) accepts.push({ ...option, amount: String(chance.between(1, 40_000)) });
      return;
    case 6:
      accepts.sort(() => chance.below(3) - 1);
      return;
    case 7: {
      const others = parsed(chance.pick(challengeCorpus))?.accepts ?? [];
      accepts.push(...structuredClone(others.slice(0, 12)));
      return;
    }
    default:
      tree[chance.pick(['error', 'extensions', 'more', 'extra', 'payTo'])] = chance.pick<unknown>([
        null,
        '',
        1,
        {},
        { a: { b: 1 } },
        [],
        'x'.repeat(chance.below(3_000)),
      ]);
  }
}

/** One change of the text, whatever it means. */
function smudge(text: string, chance: Chance): string {
  const at = chance.below(text.length + 1);
  const span = chance.between(1, 6);
  switch (chance.below(4)) {
    case 0:
      return text.slice(0, at) + text.slice(at + span);
    case 1:
      return text.slice(0, at) + chance.pick(inserts) + text.slice(at);
    case 2:
      return text.slice(0, at) + chance.pick(inserts) + text.slice(at + 1);
    default:
      return text.slice(0, at) + text.slice(Math.max(0, at - 20 * span), at) + text.slice(at);
  }
}

/** How a header may be written otherwise than in standard base64. */
function encode(text: string, chance: Chance): string | undefined {
  const plain = Buffer.from(text).toString('base64');
  if (!chance.odds(0.08)) return plain;
  const bytes = Buffer.from(text);
  bytes[chance.below(bytes.length)] = chance.below(256);
  return chance.pick([
    undefined,
    '',
    text,
    plain.replace(/=+$/, ''),
    plain.replaceAll('+', '-').replaceAll('/', '_'),
    `${plain}=`,
    `${plain}, ${plain}`,
    ` ${plain}`,
    `${plain}\n`,
    plain.slice(0, chance.below(plain.length)),
    Buffer.from(plain).toString('base64'),
    bytes.toString('base64'),
    Buffer.from(text, 'utf16le').toString('base64'),
    `${plain.slice(0, 40)}*${plain.slice(40)}`,
    'A'.repeat(chance.pick([100_000, 1_000_000, 4_000_000])),
  ]);
}

export interface DrawnChallenge {
  readonly header: string | undefined;
  /** Name of the kind in `odd-neighbours.ts`, for a challenge of one. */
  readonly kind?: string;
}

/** One challenge: the corpus as it is in the beginning, then what chance makes of it. */
export function drawChallenge(index: number, chance: Chance): DrawnChallenge {
  const asItIs = challengeCorpus[index];
  if (asItIs !== undefined) return { header: Buffer.from(asItIs).toString('base64') };
  if (chance.odds(0.1)) {
    const { kind, value } = drawOddNeighbours(chance);
    return { kind, header: Buffer.from(JSON.stringify(value)).toString('base64') };
  }
  let text = chance.odds(0.35) ? (challengeCorpus[chance.below(2)] ?? '') : chance.pick(challengeCorpus);
  const tree = parsed(text);
  if (tree) {
    for (let changes = chance.below(4); changes > 0; changes -= 1) change(tree, chance);
    text = JSON.stringify(tree);
  }
  if (chance.odds(0.2)) text = smudge(text, chance);
  return { header: encode(text, chance) };
}
