import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bounds } from './design.ts';
import { errors } from './errors.ts';
import { explore } from './explore.ts';
import { highOf, lowOf, unpack } from './state.ts';
import { StateSet } from './state-set.ts';
import { complaints, stepsTo } from './suite.ts';

const small: Bounds = { lastTick: 2, crashes: 1, reorgs: 1, generations: 1, switches: false };

test('the design, in a small world: nothing is broken, and every state leads to an end', () => {
  const found = explore({ bounds: small, wrong: {} });
  expect(complaints(found)).toEqual([]);
  expect(found.states).toBeGreaterThan(50_000);
  expect(found.over).toBeGreaterThan(1_000);
});

test('the same world has the same states each time', () => {
  const bounds = { ...small, crashes: 0, reorgs: 0 } as const;
  expect(explore({ bounds, wrong: {} })).toEqual(explore({ bounds, wrong: {} }));
});

describe('a design that is wrong is caught', () => {
  test.each(errors.filter(({ name }) => name !== 'unfenced doubt'))('$name', (error) => {
    expect(stepsTo(error)).toBeLessThan(20);
  });
});

test('two words are a state, and a state is two words', () => {
  const word = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(
    fc.property(word, word, (low, high) => {
      const state = unpack(low, high);
      expect(lowOf(state)).toBe(low);
      const again = unpack(lowOf(state), highOf(state));
      expect(highOf(again)).toBe(highOf(state));
      const swapped = {
        ...state,
        ...{ aDoes: state.bDoes, aFresh: state.bFresh, aGeneration: state.bGeneration },
        ...{ bDoes: state.aDoes, bFresh: state.aFresh, bGeneration: state.aGeneration },
      };
      expect(highOf(swapped)).toBe(highOf(state));
    }),
  );
});

test('a set numbers what it is given, once, however much that is', () => {
  const set = new StateSet();
  const many = 150_000;
  const numbers = Array.from({ length: many }, (_, index) => set.add(index % 1_000, index));
  expect(numbers.every((number, index) => number === index)).toBe(true);
  expect(set.add(999, 1_999)).toBe(1_999);
  expect([set.size, set.low(1_999), set.high(1_999)]).toEqual([many, 999, 1_999]);
});
