import {
  type CssReference,
  type CssReferences,
  cssReferences,
  fragmentIn,
  trimmed,
} from './css-references.ts';

const pictureData = /^data:image\/(png|jpe?g|webp|gif|avif)(;charset=[\w-]+)?;base64,[a-z0-9+/=\s]*$/i;

/** Attribute names that hold an address, in whatever namespace they are written. */
const references =
  /^(href|src|srcset|action|formaction|poster|ping|manifest|background|cite|codebase|archive)$/;

/** Attributes that a browser parses as CSS, at once or by an animation. Other attributes may speak of an image (a label). */
const styled =
  /^(style|mask|cursor|fill|stroke|filter|clip-path|marker(-\w+)?|color-profile|from|to|by|values)$/;

/**
 * Reads one attribute.
 * @param local its name without its prefix
 * @returns what it refers to; or why the attribute is refused
 */
export function attributeReferences(local: string, prefix: string, value: string): CssReferences {
  const name = local.toLowerCase();
  if (prefix === 'xmlns' || name === 'xmlns') return none;
  if (name.startsWith('on')) return { fault: `it has the event handler ${name}` };
  if (name === 'base' && prefix === 'xml') return { fault: 'it has a base of its own' };
  if (references.test(name)) return addressReferences(name, trimmed(value));
  const bare = value.replaceAll(/[\s\p{Cc}]/gu, '').toLowerCase();
  if (/(java|vb|live)script:|data:text/.test(bare)) return { fault: `its ${name} runs a script` };
  if (!mayRefer.test(value)) return none;
  if (name === 'values') return listReferences(value);
  const read = cssReferences(value);
  // A label is no CSS: an apostrophe opens no string, and functions mean nothing.
  return 'fault' in read && !styled.test(name) && !/leads out/.test(read.fault) ? none : read;
}

const none = { references: [] };

/** A function or at-rule, or the escape that could spell one. */
const mayRefer = /[(\\@]|-moz-binding|behavior/i;

/** An animation's values are parted at each semicolon before any of them is read as CSS (SMIL, SVG 2 §16). */
function listReferences(value: string): CssReferences {
  const found: CssReference[] = [];
  for (const one of value.split(';')) {
    const read = cssReferences(one);
    if ('fault' in read) return read;
    found.push(...read.references);
  }
  return { references: found };
}

/** A part of the same document, or a picture that is in it. */
function addressReferences(name: string, value: string): CssReferences {
  if (value === '' || pictureData.test(value)) return none;
  const id = fragmentIn(value);
  return id === undefined
    ? { fault: `its ${name} leads out of it` }
    : { references: [{ id, selectors: [] }] };
}
