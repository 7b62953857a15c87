type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Matcher = (value: Json | undefined) => boolean;

const COMPARE: Record<string, (a: number, b: number) => boolean> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function onText(test: (text: string) => boolean): Matcher {
  return (value) => typeof value === 'string' && test(value);
}

function numeric(parts: Json): Matcher {
  if (!Array.isArray(parts) || parts.length % 2 !== 0)
    throw new Error(`numeric matcher: ${JSON.stringify(parts)}`);
  const tests: ((value: number) => boolean)[] = [];
  for (let i = 0; i < parts.length; i += 2) {
    const compare = COMPARE[String(parts[i])];
    if (compare === undefined) throw new Error(`numeric matcher: ${JSON.stringify(parts)}`);
    tests.push((value) => compare(value, Number(parts[i + 1])));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

function wildcard(pattern: string): Matcher {
  const expression = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return onText((text) => new RegExp(`^${expression}$`, 's').test(text));
}

/** One element of a pattern's list: a value that must be equal, or a content filter. Unknown filters throw. */
function compileElement(element: Json): Matcher {
  if (element === null || typeof element !== 'object') return (value) => value === element;
  const [name, argument] = Object.entries(element)[0] ?? [];
  if (argument === undefined || Array.isArray(element))
    throw new Error(`pattern element: ${JSON.stringify(element)}`);
  const text = String(argument);
  switch (name) {
    case 'prefix':
      if (typeof argument === 'string') return onText((value) => value.startsWith(text));
      break;
    case 'suffix':
      if (typeof argument === 'string') return onText((value) => value.endsWith(text));
      break;
    case 'equals-ignore-case':
      return onText((value) => value.toLowerCase() === text.toLowerCase());
    case 'wildcard':
      return wildcard(text);
    case 'exists':
      return (value) => (value !== undefined) === argument;
    case 'numeric':
      return numeric(argument);
    case 'anything-but': {
      const excluded = (Array.isArray(argument) ? argument : [argument]).map(compileElement);
      return (value) => value !== undefined && !excluded.some((matches) => matches(value));
    }
  }
  throw new Error(`event pattern filter is not understood: ${JSON.stringify(element)}`);
}

/** A leaf matches when the event's value, or any element of an array there, matches any element of the pattern. */
function compileLeaf(elements: Json[]): Matcher {
  const matchers = elements.map(compileElement);
  return (value) => {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      // `exists` is about leaves: an object is neither there nor absent for EventBridge.
      return false;
    }
    const candidates = Array.isArray(value) ? value : [value];
    return candidates.some((candidate) => matchers.some((matches) => matches(candidate)));
  };
}

function compileObject(pattern: { [key: string]: Json }): Matcher {
  const tests = Object.entries(pattern).map(([key, part]): Matcher => {
    if (key === '$or' && Array.isArray(part)) {
      const choices = part.map((choice) => compileObject(choice as { [key: string]: Json }));
      return (value) => choices.some((matches) => matches(value));
    }
    if (part === null || typeof part !== 'object') {
      throw new Error(`event pattern: ${key} must be a list or an object`);
    }
    const inner = Array.isArray(part) ? compileLeaf(part) : compileObject(part);
    return (value) => {
      const isObject = value !== null && typeof value === 'object' && !Array.isArray(value);
      return inner(isObject ? value[key] : undefined);
    };
  });
  return (value) => tests.every((matches) => matches(value));
}

/**
 * Compiles an EventBridge event pattern: exact values, prefix, suffix, anything-but, exists, numeric, wildcard,
 * equals-ignore-case and `$or`. Throws on a filter it does not know, so that no rule is silently dead.
 */
export function compilePattern(pattern: unknown): (event: unknown) => boolean {
  const matches = compileObject(pattern as { [key: string]: Json });
  return (event) => matches(event as Json);
}
