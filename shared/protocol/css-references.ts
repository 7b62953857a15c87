import { tokenize, tokenTypes } from 'css-tree/tokenizer';
import { ident, string, url } from 'css-tree/utils';

/** A fragment that a piece of CSS refers to. */
export interface CssReference {
  /** The fragment without `#`, decoded. */
  readonly id: string;
  /**
   * Class, type and id names of the rule it stands in, as `.a`, `rect` and `#b`. An empty list is of every element, or of
   * the one whose attribute it is.
   */
  readonly selectors: readonly string[];
}

/** What a piece of CSS refers to, or in words why the piece is refused. */
export type CssReferences = { readonly references: readonly CssReference[] } | { readonly fault: string };

/** Functions that fetch a string or that run code. Vendor prefixes are stripped before the comparison. */
const fetchingFunctions = /^(image|image-set|src|element|cross-fade|expression|paint)$/;
/** Properties of old browsers that bind a script to an element. */
const bindingProperties = /^(-moz-binding|-ms-behavior|behavior)$/;
/** At-rules that load or identify another document. */
const fetchingRules = /^(import|document|-moz-document)$/;
/** A string that a browser would resolve against a host or a scheme. */
const address = /^[\s\0-\x20]*([/\\]{2}|[a-z][a-z0-9+.-]*:)/i;

const outside = 'its style leads out of it';
const active = 'its style does more than to draw';

/** The fragment of an address, as a browser looks it up; undefined for any other address. */
export function fragmentIn(reference: string): string | undefined {
  const [, fragment] = /^#([^\s]*)$/.exec(reference.trim()) ?? [];
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
  /** Names of the functions that are open, innermost last; a bare parenthesis has no name. */
  const open: string[] = [];
  /** Set after `url(` until its string was read, and then until it is closed. */
  let expected: 'string' | 'end' | undefined;
  /** Names since the last block or declaration ended, and those of the rule that is open. */
  let prelude: string[] = [];
  let selectors: string[] = [];
  let isClass = false;

  const refer = (value: string): void => {
    const id = fragmentIn(value);
    if (id === undefined) fault ??= outside;
    else references.push({ id, selectors });
  };

  tokenize(css, (type, start, end) => {
    if (fault !== undefined || type === tokenTypes.WhiteSpace || type === tokenTypes.Comment) return;
    const text = css.slice(start, end);
    if (expected !== undefined) {
      const isRight = type === (expected === 'string' ? tokenTypes.String : tokenTypes.RightParenthesis);
      if (!isRight) fault = outside;
      else if (expected === 'string') refer(string.decode(text));
      expected = expected === 'string' ? 'end' : undefined;
      return;
    }
    const wasClass = isClass;
    isClass = type === tokenTypes.Delim && text === '.';
    switch (type) {
      case tokenTypes.Url:
        return refer(url.decode(text));
      case tokenTypes.BadUrl:
      case tokenTypes.BadString:
        fault = 'its style cannot be read';
        return;
      case tokenTypes.AtKeyword:
        if (fetchingRules.test(nameOf(text.slice(1)))) fault = 'its style imports another';
        return;
      case tokenTypes.Hash:
        prelude.push(`#${ident.decode(text.slice(1))}`);
        return;
      case tokenTypes.Ident:
        if (!wasClass && bindingProperties.test(nameOf(text))) fault = active;
        prelude.push(wasClass ? `.${ident.decode(text)}` : nameOf(text));
        return;
      case tokenTypes.LeftCurlyBracket:
        [selectors, prelude] = [prelude, []];
        return;
      case tokenTypes.RightCurlyBracket:
        [selectors, prelude] = [[], []];
        return;
      case tokenTypes.Semicolon:
        prelude = [];
        return;
      case tokenTypes.Function: {
        const name = nameOf(text.slice(0, -1));
        if (name === 'url' || name === 'url-prefix') expected = 'string';
        else if (fetchingFunctions.test(name.replace(/^-\w+-/, ''))) fault = active;
        else open.push(name);
        return;
      }
      case tokenTypes.LeftParenthesis:
        open.push('');
        return;
      case tokenTypes.RightParenthesis:
        open.pop();
        return;
      case tokenTypes.Delim:
        // `*` is every element; so is whatever else a selector may be made of.
        if (text === '*') prelude.push('*');
        return;
      case tokenTypes.String:
        // A function that is unknown today may fetch its string tomorrow.
        if (open.length > 0 && address.test(string.decode(text))) fault = outside;
    }
  });
  if (expected !== undefined) fault ??= outside;
  return fault === undefined ? { references } : { fault };
}

const nameOf = (text: string): string => ident.decode(text).toLowerCase();
