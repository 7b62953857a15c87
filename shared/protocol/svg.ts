import { SaxesParser, type SaxesTagNS } from 'saxes';
import { type CssReference, cssReferences } from './css-references.ts';
import { type Element, Expansion } from './svg-expansion.ts';
import { attributeReferences } from './svg-references.ts';
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
/** Elements whose `href` names what is animated or followed, and draws nothing again. */
const pointing = /^(a|set|animate|animatetransform|animatemotion|animatecolor|discard|mpath|textpath)$/;
const filterPrimitive = /^fe[a-z]+$/;

const mostDepth = 100;
const mostElements = 200_000;
const mostAttributes = 100;
const mostFilterPrimitives = 1_000;

/** Thrown within the parser to stop it at the first thing that is wrong. */
class Refused extends Error {}

/**
 * Tells whether some bytes are an SVG that only draws (SVG 2, XML 1.0, UTF-8). The document is well-formed, has no
 * document type, script, event handler or foreign content, and refers to nothing outside itself. Depth, elements, filters
 * and the uses of its own parts are bounded. The drawing itself is not judged.
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
  let filterPrimitives = 0;
  const open: SaxesTagNS[] = [];
  const expansion = new Expansion();
  let style = '';

  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', () => refuse('it is not well-formed XML'));
  // A browser reads no external subset; an internal one declares entities.
  parser.on('doctype', (text) => void (text.includes('[') && refuse('it declares entities')));
  parser.on('xmldecl', ({ encoding, version }) => {
    if (version !== '1.0' || !/^(utf-?8|us-ascii)$/i.test(encoding ?? 'utf-8'))
      refuse('it is not XML 1.0 in UTF-8');
  });
  // Editors wrap their metadata in `xpacket`; `xml-stylesheet` would fetch.
  parser.on('processinginstruction', ({ target }) => {
    if (target !== 'xpacket') refuse('it has a processing instruction');
  });
  parser.on('opentag', (tag) => {
    elements += 1;
    if (elements > mostElements) refuse('it has too many elements');
    if (!root && (tag.local !== 'svg' || tag.uri !== svgNamespace)) refuse('its root is no svg');
    // A browser joins the text around the child: `@imp<title/>ort` is an import.
    if (isStyle(open.at(-1))) refuse('its style has an element in it');
    if (filterPrimitive.test(tag.local.toLowerCase())) filterPrimitives += 1;
    if (filterPrimitives > mostFilterPrimitives) refuse('it has too many filters');
    const read = elementReferences(tag);
    if ('fault' in read) return refuse(read.fault);
    expansion.open(elementOf(tag, read.references));
    root ??= Object.fromEntries(Object.values(tag.attributes).map(({ name, value }) => [name, value]));
    open.push(tag);
    if (open.length > mostDepth) refuse('it is nested too deep');
  });
  const collect = (part: string): void => {
    if (isStyle(open.at(-1))) style += part;
  };
  parser.on('text', collect);
  parser.on('cdata', collect);
  parser.on('closetag', () => {
    open.pop();
    expansion.close();
    if (style === '') return;
    const read = cssReferences(style);
    if ('fault' in read) return refuse(read.fault);
    expansion.style(read.references);
    style = '';
  });
  parser.write(text).close();
  const fault = expansion.fault();
  if (fault !== undefined) refuse(fault);
  return root ?? refuse('its root is no svg');
}

const isStyle = (tag: SaxesTagNS | undefined): boolean => tag?.local.toLowerCase() === 'style';

/** Commands and numbers of a path, or numbers of a line: as many as it has corners, or more. */
const cornersIn = (path: string): number => (path.match(/\d+\.?\d*|\.\d+|[a-z]/gi)?.length ?? 0) + 1;

const elementOf = ({ local, attributes }: SaxesTagNS, references: readonly string[]): Element => ({
  name: local.toLowerCase(),
  id: attributes.id?.value,
  classes: attributes.class?.value.split(/\s+/).filter((name) => name !== '') ?? [],
  corners: cornersIn(attributes.d?.value ?? attributes.points?.value ?? ''),
  references,
});

function elementReferences({
  local,
  uri,
  attributes,
}: SaxesTagNS): { readonly references: readonly string[] } | { readonly fault: string } {
  const name = local.toLowerCase();
  if (activeNamespaces.test(uri)) return { fault: `it has an element of ${uri}` };
  if (activeElements.test(name)) return { fault: `it has a ${name} element` };
  const all = Object.values(attributes);
  if (all.length > mostAttributes) return { fault: 'an element of it has too many attributes' };
  const references: string[] = [];
  for (const attribute of all) {
    const read = attributeReferences(attribute.local, attribute.prefix, attribute.value);
    if ('fault' in read) return read;
    if (attribute.local.toLowerCase() !== 'href' || !pointing.test(name))
      references.push(...read.references.map(({ id }: CssReference) => id));
    // An animation would put the reference there when nobody looks.
    const target = attribute.local === 'attributeName' && animations.test(name) ? attribute.value : '';
    if (/(^|:)\s*(href|on\w+|style)\s*$/i.test(target.trim()))
      return { fault: `it animates ${target.trim()}` };
  }
  return { references };
}
