/** References and other things that an SVG's attributes and styles must not have. */

const pictureData = /^data:image\/(png|jpeg|webp);base64,[a-z0-9+/=\s]*$/i;
const fragment = /^#[^\s]*$/;

/** To a part of the same document, or to a picture that is in it. */
const isInside = (reference: string): boolean => {
  const trimmed = reference.trim();
  return trimmed === '' || fragment.test(trimmed) || pictureData.test(trimmed);
};

/** Names that lead elsewhere, in whatever namespace they are written. */
const references =
  /^(href|src|srcset|action|formaction|poster|ping|manifest|background|cite|codebase|archive)$/;

/**
 * What is wrong with an attribute.
 * @param local its name without its prefix
 */
export function attributeFault(local: string, prefix: string, value: string): string | undefined {
  const name = local.toLowerCase();
  if (prefix === 'xmlns' || name === 'xmlns') return undefined;
  if (name.startsWith('on')) return `it has the event handler ${name}`;
  if (name === 'base' && prefix === 'xml') return 'it has a base of its own';
  if (references.test(name)) return isInside(value) ? undefined : `its ${name} leads out of it`;
  const bare = plain(value).replaceAll(/\s+/g, '');
  if (/(java|vb|live)script:|data:text/.test(bare)) return `its ${name} runs a script`;
  return styled.test(name) ? cssFault(value) : urlFault(plain(value));
}

/** Attributes whose values are read as CSS, at once or by an animation. Others may speak of an image (a label). */
const styled = /^(style|mask|cursor|fill|stroke|filter|clip-path|marker(-\w+)?|from|to|by|values)$/;

/** What is wrong with a piece of a style sheet, or with a value that is read like one. */
export function cssFault(css: string): string | undefined {
  const text = plain(css);
  if (text.includes('@import')) return 'its style imports another';
  return /(expression|image-set|image|src|element|cross-fade)\(|-moz-binding|behavior\s*:/.test(text)
    ? 'its style does more than to draw'
    : urlFault(text);
}

function urlFault(text: string): string | undefined {
  for (const [, quoted = '', inside = quoted] of text.matchAll(/url\(\s*(?:(["'][^"']*["']?)|([^)]*))/g))
    if (!isInside(inside.replaceAll(/["']/g, ''))) return 'its style leads out of it';
  return undefined;
}

/** In lower case, without comments and control characters, its escapes (CSS Syntax §4.3.7) resolved. */
function plain(css: string): string {
  const resolved = css
    .replaceAll(/\\([0-9a-f]{1,6})\s?/gi, (_all, code: string) => character(Number.parseInt(code, 16)))
    .replaceAll(/\\(.)/gs, '$1');
  return resolved
    .replaceAll(/\/\*[\s\S]*?(\*\/|$)/g, ' ')
    .replaceAll(/[\p{Cc}]/gu, (control) => (/\s/.test(control) ? ' ' : ''))
    .toLowerCase();
}

const character = (code: number): string =>
  code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : '\ufffd';
