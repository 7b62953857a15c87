import type * as z from 'zod';

/**
 * Says what is wrong with a value in words for whoever wrote it, without what it said: an error map of a parse
 * (`schema.safeParse(value, { error: plainWords })`). What a schema says itself goes before it.
 * @returns the end of a sentence that begins with the field's name
 */
export const plainWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${kindOf(issue.expected)}`;
    case 'invalid_value':
      return issue.input === undefined
        ? `is missing; it is ${listed(issue.values)}`
        : `must be ${listed(issue.values)}`;
    case 'too_big':
      return issue.maximum === 0
        ? 'must be empty'
        : bounded(issue, issue.maximum, issue.inclusive === false ? 'less than' : 'at most');
    case 'too_small':
      return issue.minimum === 1 && issue.origin !== 'number' && issue.origin !== 'int'
        ? 'must not be empty'
        : bounded(issue, issue.minimum, issue.inclusive === false ? 'more than' : 'at least');
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return formats[issue.format] ?? `must be of the form ${issue.pattern ?? issue.format}`;
    case 'unrecognized_keys':
      return `there is no ${issue.keys.map((key) => `"${key}"`).join(' or ')} here`;
    case 'invalid_union':
      return anyOf(issue);
    case 'invalid_key':
      return `is called what nothing here may be called: its name ${issue.issues[0]?.message}`;
    default:
      return undefined;
  }
};

/**
 * One line for each thing that is wrong, with its place; a field that is not known is named itself.
 * @param error of a parse with `plainWords`
 * @param above where the value lies
 */
export const wrongLines = (error: z.ZodError, above: readonly string[] = []): readonly string[] =>
  error.issues.flatMap((issue) => {
    const path = [...above, ...issue.path.map(String)];
    return issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => `${[...path, key].join('.')}: is not known`)
      : [`${path.join('.') || 'the whole'}: ${issue.message}`];
  });

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};
const kindOf = (expected: string): string => kinds[expected] ?? `of the kind ${expected}`;

const formats: Readonly<Record<string, string>> = {
  url: 'must be a URL such as https://host',
  uuid: 'must be an id such as 9f5c0c58-2f0e-4c55-9b46-5a3f6d2f7a01',
  datetime: 'must be a time such as 2026-11-25T14:00:00Z',
  date: 'must be a day such as 2026-11-25',
  safeint: 'must be a whole number',
};

const listed = (values: readonly unknown[]): string =>
  values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;

function bounded(
  { origin, exact }: { origin: string; exact?: boolean | undefined },
  bound: unknown,
  words: string,
): string {
  const most = exact ? 'exactly' : words;
  if (origin === 'string') return `must have ${most} ${bound} characters`;
  if (origin === 'array' || origin === 'set')
    return `must have ${most} ${bound} ${Number(bound) === 1 ? 'entry' : 'entries'}`;
  return `must be ${most} ${bound}`;
}

/** Of several ways to say a value: their kinds or values; where one came near, what that one lacks. */
function anyOf({ input, errors = [] }: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string {
  if (input === undefined) return 'is missing';
  const issues = errors.flat().filter(({ path }) => path.length === 0);
  const near = issues.find(({ code }) => code !== 'invalid_type' && code !== 'invalid_value');
  if (near) return near.message;
  const ways = issues.flatMap((issue) => {
    if (issue.code === 'invalid_type') return [kindOf(issue.expected)];
    return issue.code === 'invalid_value' ? issue.values.map(String) : [];
  });
  return ways.length > 0
    ? `must be ${[...new Set(ways)].join(' or ')}`
    : 'has none of the forms that it may have';
}
