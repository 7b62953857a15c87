import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root, textOf } from '../../rules/house-files.ts';
import { apply } from './overlay.ts';
import { every, sample } from './suite.ts';

test('each mutant has a name of its own', () => {
  const names = every.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.every((name) => /^[A-Z]\d{1,2}$/.test(name))).toBe(true);
});

// A run of all of them takes minutes; that each is still of this code is seen at once.
test.each(every)(
  '$name is of the code as it is, and of tests that are there: $error',
  ({ edits, killers }) => {
    const texts = new Map<string, string>();
    for (const edit of edits) texts.set(edit.file, apply(texts.get(edit.file) ?? textOf(edit.file), edit));
    for (const [file, text] of texts) expect(text).not.toBe(textOf(file));
    for (const killer of killers) expect(existsSync(join(root, killer))).toBe(true);
  },
);

describe('an edit', () => {
  const edit = { file: 'a.ts', was: 'b', is: 'c' };

  test('is made once', () => {
    expect(apply('abd', edit)).toBe('acd');
  });

  test.each(['aad', 'abb'])('is refused where its text is not there exactly once: %s', (text) => {
    expect(() => apply(text, edit)).toThrow('not once');
  });
});

test('a sample is so many, in their order, the same for the same seed, and any of them for some seed', () => {
  const items = Array.from({ length: 25 }, (_, index) => index);
  expect(sample(items, 5, 42)).toEqual(sample(items, 5, 42));
  const drawn = new Set<number>();
  for (let seed = 0; seed < 200; seed += 1) {
    const some = sample(items, 5, seed);
    expect(some).toEqual([...new Set(some)].toSorted((a, b) => a - b));
    expect(some).toHaveLength(5);
    for (const one of some) drawn.add(one);
  }
  expect(drawn.size).toBe(25);
});
