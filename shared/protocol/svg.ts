import { SaxesParser, type SaxesTagNS } from 'saxes';
import { attributeFault, cssFault } from './svg-references.ts';
import { svgSize } from './svg-size.ts';

export interface Drawing {
  readonly format: 'svg';
  /** In CSS pixels, whole. */
  readonly width: number;
  readonly height: number;
}

const svgNamespace = 'http://www.w3.org/2000/svg';
/** What is in these does more than to be drawn. */
const activeNamespaces = /^http:\/\/www\.w3\.org\/(1999\/xhtml|2001\/xml-events|1998\/Math\/MathML)$/;
const activeElements =
  /^(script|foreignobject|iframe|object|embed|audio|video|canvas|handler|listener|link|meta|base|form|template)$/;
const animations = /^(set|animate|animatetransform|animatemotion|animatecolor|discard)$/;

const mostDepth = 100;
const mostElements = 200_000;
const mostAttributes = 100;

/** Thrown within the parser to stop it at the first thing that is wrong. */
class Refused extends Error {}

/**
 * Tells whether some bytes are an SVG that only draws (SVG 2, XML 1.0, UTF-8): well-formed, without document type,
 * scripts, event handlers or foreign content, without a reference to anything outside itself, and of bounded depth and
 * number of elements. What it draws is not looked at.
 * @returns its size, or in words why it is refused
 */
export function inspectSvg(bytes: Uint8Array): Drawing | { readonly refused: string } {
  try {
    const text = decode(bytes);
    const root = readRoot(text);
    return { format: 'svg', ...svgSize(root) };
  } catch (error) {
    if (error instanceof Refused) return { refused: `the svg cannot be accepted: ${error.message}` };
    throw error;
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Refused('it is not in UTF-8');
  }
}

/** Parses all of it. @returns the attributes of the root, by name. @throws Refused */
function readRoot(text: string): Record<string, string> {
  const refuse = (why: string): never => {
    throw new Refused(why);
  };
  let root: Record<string, string> | undefined;
  let elements = 0;
  const open: SaxesTagNS[] = [];
  let style = '';

  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', () => refuse('it is not well-formed XML'));
  parser.on('doctype', () => refuse('it has a document type'));
  parser.on('xmldecl', ({ encoding, version }) => {
    if (version !== '1.0' || !/^utf-8$/i.test(encoding ?? 'utf-8')) refuse('it is not XML 1.0 in UTF-8');
  });
  parser.on('processinginstruction', () => refuse('it has a processing instruction'));
  parser.on('opentag', (tag) => {
    elements += 1;
    if (elements > mostElements) refuse('it has too many elements');
    if (!root && (tag.local !== 'svg' || tag.uri !== svgNamespace)) refuse('its root is no svg');
    const fault = elementFault(tag);
    if (fault !== undefined) refuse(fault);
    root ??= Object.fromEntries(Object.values(tag.attributes).map(({ name, value }) => [name, value]));
    open.push(tag);
    if (open.length > mostDepth) refuse('it is nested too deep');
  });
  const collect = (part: string): void => {
    if (open.at(-1)?.local.toLowerCase() === 'style') style += part;
  };
  parser.on('text', collect);
  parser.on('cdata', collect);
  parser.on('closetag', () => {
    open.pop();
    const fault = style === '' ? undefined : cssFault(style);
    if (fault !== undefined) refuse(fault);
    style = '';
  });
  parser.write(text).close();
  return root ?? refuse('its root is no svg');
}

function elementFault({ local, uri, attributes }: SaxesTagNS): string | undefined {
  const name = local.toLowerCase();
  if (activeNamespaces.test(uri)) return `it has an element of ${uri}`;
  if (activeElements.test(name)) return `it has a ${name} element`;
  const all = Object.values(attributes);
  if (all.length > mostAttributes) return 'an element of it has too many attributes';
  for (const attribute of all) {
    const fault = attributeFault(attribute.local, attribute.prefix, attribute.value);
    if (fault !== undefined) return fault;
    // An animation would put the reference there when nobody looks.
    const target = attribute.local === 'attributeName' && animations.test(name) ? attribute.value : '';
    if (/(^|:)\s*(href|on\w+|style)\s*$/i.test(target.trim())) return `it animates ${target.trim()}`;
  }
  return undefined;
}
