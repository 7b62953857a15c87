import { tokenize, tokenTypes } from 'css-tree/tokenizer';
import { ident, string, url } from 'css-tree/utils';

/** Fragments that a piece of CSS refers to, or in words why the piece is refused. */
export type CssReferences = { readonly fragments: readonly string[] } | { readonly fault: string };

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

/**
 * Reads CSS by its own tokens (CSS Syntax Level 3), as a browser does: comments, strings and escapes hide nothing.
 * `url()` may hold a fragment of the same document only, and `@import` is refused whatever it names.
 * @param css a style sheet, a declaration list or a value
 * @returns the fragments without `#`, in order of appearance; or why the CSS is refused
 */
export function cssReferences(css: string): CssReferences {
  const fragments: string[] = [];
  let fault: string | undefined;
  /** Names of the functions that are open, innermost last; a bare parenthesis has no name. */
  const open: string[] = [];
  /** Set after `url(` until its string was read, and then until it is closed. */
  let expected: 'string' | 'end' | undefined;

  const reference = (value: string): void => {
    if (/^#[^\s]*$/.test(value.trim())) fragments.push(value.trim().slice(1));
    else fault ??= outside;
  };

  tokenize(css, (type, start, end) => {
    if (fault !== undefined || type === tokenTypes.WhiteSpace || type === tokenTypes.Comment) return;
    const text = css.slice(start, end);
    if (expected !== undefined) {
      const isRight = type === (expected === 'string' ? tokenTypes.String : tokenTypes.RightParenthesis);
      if (!isRight) fault = outside;
      else if (expected === 'string') reference(string.decode(text));
      expected = expected === 'string' ? 'end' : undefined;
      return;
    }
    switch (type) {
      case tokenTypes.Url:
        return reference(url.decode(text));
      case tokenTypes.BadUrl:
      case tokenTypes.BadString:
        fault = 'its style cannot be read';
        return;
      case tokenTypes.AtKeyword:
        if (fetchingRules.test(nameOf(text.slice(1)))) fault = 'its style imports another';
        return;
      case tokenTypes.Ident:
        if (bindingProperties.test(nameOf(text))) fault = active;
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
      case tokenTypes.String:
        // A function that is unknown today may fetch its string tomorrow.
        if (open.length > 0 && address.test(string.decode(text))) fault = outside;
    }
  });
  if (expected !== undefined) fault ??= outside;
  return fault === undefined ? { fragments } : { fault };
}

const nameOf = (text: string): string => ident.decode(text).toLowerCase();
