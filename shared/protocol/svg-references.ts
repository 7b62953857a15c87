import { type CssReferences, cssReferences } from './css-references.ts';

const pictureData = /^data:image\/(png|jpeg|webp);base64,[a-z0-9+/=\s]*$/i;
const fragment = /^#[^\s]*$/;

/** Attribute names that hold an address, in whatever namespace they are written. */
const references =
  /^(href|src|srcset|action|formaction|poster|ping|manifest|background|cite|codebase|archive)$/;

/** Attributes that a browser parses as CSS, at once or by an animation. Other attributes may speak of an image (a label). */
const styled =
  /^(style|mask|cursor|fill|stroke|filter|clip-path|marker(-\w+)?|color-profile|from|to|by|values)$/;

/**
 * Reads one attribute.
 * @param local its name without its prefix
 * @returns the fragments it refers to; or why the attribute is refused
 */
export function attributeReferences(local: string, prefix: string, value: string): CssReferences {
  const name = local.toLowerCase();
  if (prefix === 'xmlns' || name === 'xmlns') return none;
  if (name.startsWith('on')) return { fault: `it has the event handler ${name}` };
  if (name === 'base' && prefix === 'xml') return { fault: 'it has a base of its own' };
  if (references.test(name)) return addressReferences(name, value.trim());
  const bare = value.replaceAll(/[\s\p{Cc}]/gu, '').toLowerCase();
  if (/(java|vb|live)script:|data:text/.test(bare)) return { fault: `its ${name} runs a script` };
  if (!styled.test(name) && !mayRefer.test(value)) return none;
  const read = cssReferences(value);
  // A label is no CSS: an apostrophe opens no string, and functions mean nothing.
  return 'fault' in read && !styled.test(name) && !/leads out/.test(read.fault) ? none : read;
}

const none = { fragments: [] };

/** `url(`, or the escape that could spell it. */
const mayRefer = /url\s*\(|\\/i;

/** A part of the same document, or a picture that is in it. */
function addressReferences(name: string, value: string): CssReferences {
  if (value === '' || pictureData.test(value)) return none;
  return fragment.test(value) ? { fragments: [value.slice(1)] } : { fault: `its ${name} leads out of it` };
}
