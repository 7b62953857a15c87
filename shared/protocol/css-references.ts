import { tokenize, tokenTypes } from 'css-tree/tokenizer';
import { ident, string, url } from 'css-tree/utils';

/** A fragment that a piece of CSS refers to. */
export interface CssReference {
  /** The fragment without `#`, decoded. */
  readonly id: string;
  /**
   * One name of each element that the rule selects, as `.a`, `rect`, `#b`, or `*` for any. An empty list is of every
   * element, or of the one whose attribute it is.
   */
  readonly selectors: readonly string[];
}

/** What a piece of CSS refers to, or in words why the piece is refused. */
export type CssReferences = { readonly references: readonly CssReference[] } | { readonly fault: string };

/** Functions that fetch a string or that run code. Vendor prefixes are stripped before the comparison. */
const fetchingFunctions = /^(image|image-set|src|element|cross-fade|expression|paint)$/;
/** Properties of old browsers that bind a script to an element. */
const bindingProperties = /^(-moz-binding|-ms-behavior|behavior)$/;
/** Functions whose string draws: corners that nobody counts. */
const drawingFunctions = /^(path|shape)$/;
/** Functions of `filter` (Filter Effects §6), each of which costs as much as a filter's element. */
const filterFunctions =
  /^(blur|brightness|contrast|drop-shadow|grayscale|hue-rotate|invert|opacity|saturate|sepia)$/;
/** The reference that stands for a filter function: no identifier of XML has a NUL. */
export const filterFunction = '\0filter';
/** At-rules that load or identify another document. */
const fetchingRules = /^(import|document|-moz-document)$/;
/** A string that a browser would resolve against a host or a scheme. */
const address = /^[\s\0-\x20]*([/\\]{2}|[a-z][a-z0-9+.-]*:)/i;

/** Browsers descend into blocks and functions; no drawing needs more of them. */
const mostBlocks = 8;
const mostOpen = 32;

const outside = 'its style leads out of it';
const active = 'its style does more than to draw';
const tooDeep = 'its style is nested too deep';
const unreadable = 'its style cannot be read';

/** A block that is open: of an at-rule, or of a rule with what it selects. */
interface Block {
  readonly at?: string | undefined;
  readonly selectors: readonly string[];
}

/** White space of XML and CSS. What else JavaScript trims is part of an address, and is fetched. */
const room = /[\t\n\f\r ]/;

/** Text without white space at its ends, as XML and CSS have it. */
export function trimmed(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && room.test(text.charAt(from))) from += 1;
  while (to > from && room.test(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

/** The fragment of an address, as a browser looks it up; undefined for any other address. */
export function fragmentIn(reference: string): string | undefined {
  const [, fragment] = /^#([^\s]*)$/.exec(trimmed(reference)) ?? [];
  if (fragment === undefined) return undefined;
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

/**
 * Reads CSS by its own tokens (CSS Syntax Level 3), as a browser does: comments, strings and escapes hide nothing.
 * `url()` may hold a fragment of the same document only, and `@import` is refused whatever it names.
 * @param css a style sheet, a declaration list or a value
 * @returns the references in order of appearance; or why the CSS is refused
 */
export function cssReferences(css: string): CssReferences {
  const references: CssReference[] = [];
  let fault: string | undefined;
  /** Parentheses and brackets that are open. */
  let open = 0;
  /** Set after `url(` until its string was read, and then until it is closed. */
  let expected: 'string' | 'end' | undefined;
  const blocks: Block[] = [];
  /** What the rule that begins here selects, up to its last comma, and the names of the element before the next one. */
  let selectors: string[] = [];
  let names: { type?: string; class?: string; id?: string } = {};
  let atRule: string | undefined;
  let isClass = false;
  let isPseudo = false;

  const refer = (value: string): void => {
    const id = fragmentIn(value);
    if (id === undefined) fault ??= outside;
    else references.push({ id, selectors: blocks.at(-1)?.selectors ?? [] });
  };
  /** The element that a selector ends with: the narrowest of its names. */
  const selected = (): string => names.id ?? names.class ?? names.type ?? '*';
  const beginPrelude = (): void => {
    [selectors, names, atRule] = [[], {}, undefined];
  };
  const openBlock = (): void => {
    const parent = blocks.at(-1);
    // A nested rule multiplies its parent's selectors.
    if (parent && parent.at === undefined) fault = 'its style has rules within rules';
    if (open > 0) fault = unreadable;
    if (blocks.length === mostBlocks) fault = tooDeep;
    const isFrame = parent?.at?.endsWith('keyframes') === true;
    const own = atRule !== undefined || isFrame ? [] : [...selectors, selected()];
    blocks.push({ at: atRule, selectors: own });
    beginPrelude();
  };
  const descend = (): void => {
    open += 1;
    if (open > mostOpen) fault = tooDeep;
  };

  tokenize(css, (type, start, end) => {
    if (fault !== undefined || type === tokenTypes.Comment) return;
    if (type === tokenTypes.WhiteSpace) {
      if (open === 0) names = {};
      return;
    }
    const text = css.slice(start, end);
    if (expected !== undefined) {
      const isRight = type === (expected === 'string' ? tokenTypes.String : tokenTypes.RightParenthesis);
      if (!isRight) fault = outside;
      else if (expected === 'string') refer(string.decode(text));
      expected = expected === 'string' ? 'end' : undefined;
      return;
    }
    const [wasClass, wasPseudo] = [isClass, isPseudo];
    isClass = type === tokenTypes.Delim && text === '.';
    isPseudo = type === tokenTypes.Colon;
    const isName = open === 0 && !wasPseudo;
    switch (type) {
      case tokenTypes.Url:
        return refer(url.decode(text));
      case tokenTypes.BadUrl:
      case tokenTypes.BadString:
        fault = unreadable;
        return;
      case tokenTypes.AtKeyword:
        atRule = nameOf(text.slice(1));
        if (fetchingRules.test(atRule)) fault = 'its style imports another';
        return;
      case tokenTypes.Hash:
        if (isName) names.id = `#${ident.decode(text.slice(1))}`;
        return;
      case tokenTypes.Ident:
        if (!wasClass && bindingProperties.test(nameOf(text))) fault = active;
        if (isName && wasClass) names.class = `.${ident.decode(text)}`;
        else if (isName) names.type = nameOf(text);
        return;
      case tokenTypes.Comma:
        if (open === 0) selectors.push(selected());
        if (open === 0) names = {};
        return;
      case tokenTypes.LeftCurlyBracket:
        return openBlock();
      case tokenTypes.RightCurlyBracket:
        if (open > 0) fault = unreadable;
        blocks.pop();
        return beginPrelude();
      case tokenTypes.Semicolon:
        return beginPrelude();
      case tokenTypes.Function: {
        const name = nameOf(text.slice(0, -1));
        if (name === 'url' || name === 'url-prefix') expected = 'string';
        else if (fetchingFunctions.test(name.replace(/^-\w+-/, ''))) fault = active;
        else if (drawingFunctions.test(name)) fault = 'its style draws a path';
        else {
          if (filterFunctions.test(name))
            references.push({ id: filterFunction, selectors: blocks.at(-1)?.selectors ?? [] });
          descend();
        }
        return;
      }
      case tokenTypes.LeftParenthesis:
      case tokenTypes.LeftSquareBracket:
        return descend();
      case tokenTypes.RightParenthesis:
      case tokenTypes.RightSquareBracket:
        open = Math.max(open - 1, 0);
        return;
      case tokenTypes.Delim:
        // A combinator: another element begins.
        if (open === 0 && /^[>+~]$/.test(text)) names = {};
        return;
      case tokenTypes.String:
        // A function that is unknown today may fetch its string tomorrow.
        if (open > 0 && address.test(string.decode(text))) fault = outside;
    }
  });
  if (expected !== undefined) fault ??= outside;
  return fault === undefined ? { references } : { fault };
}

const nameOf = (text: string): string => ident.decode(text).toLowerCase();
