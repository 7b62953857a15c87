import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inspectSvg } from '../../shared/protocol/svg.ts';

const svg = (inside: string, attributes = 'width="64" height="32"') =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${attributes}>${inside}</svg>`;
const inspect = (text: string | Buffer) => inspectSvg(Buffer.from(text as string));
const drawn = { format: 'svg', width: 64, height: 32 };
const dot = 'iVBORw0KGgo=';

describe('is a drawing', () => {
  test.each([
    [
      'of paths',
      svg('<path d="M0 0L9 9z" fill="#c33"/><g transform="scale(2)"><rect width="4" height="4"/></g>'),
    ],
    ['with a declaration', `<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n${svg('')}`],
    ['with a byte order mark', `\ufeff${svg('')}`],
    ['with a comment before it', `<!-- made by a machine -->\n${svg('')}`],
    [
      'with words in any language',
      svg('<title>Köln &amp; 東京 &#x1f600;</title><text>url (of a place)</text>'),
    ],
    [
      'with a gradient',
      svg('<defs><linearGradient id="g"/></defs><rect fill="url(#g)"/><rect style="fill:url( \'#g\' )"/>'),
    ],
    ['with parts used again', svg('<g id="a"/><use href="#a"/><use xlink:href="#a"/>')],
    [
      'with a picture in it',
      svg(`<image href="data:image/png;base64,${dot}"/><image xlink:href="data:image/jpeg;base64,/9j/"/>`),
    ],
    [
      'with a style',
      svg('<style>.a{fill:#c33;stroke:url(#g)}/* a: url is fine */ @media print{.a{fill:none}}</style>'),
    ],
    [
      'with a marker that a group gives to its paths',
      svg(
        `<marker id="m"><path d="M0 0L9 9"/></marker><g marker-end="url(#m)">${'<path d="M0 0L9 9"/>'.repeat(2_000)}</g>`,
      ),
    ],
    [
      'with shadows',
      svg(`<style>.a{filter:drop-shadow(0 0 2px red)}</style>${'<rect class="a"/>'.repeat(500)}`),
    ],
    [
      'with a mask whose own parts are like what it masks, elsewhere',
      svg(
        '<style>g rect{mask:url(#m)} .a:hover rect.b{fill:url(#g)}</style><mask id="m"><circle r="4"/></mask><linearGradient id="g"><stop/></linearGradient><g><rect class="b"/></g>',
      ),
    ],
    [
      'with frames of an animation',
      svg('<style>@keyframes k{from{fill:red}to{fill:blue}}.a{animation:k 1s}</style>'),
    ],
    ['with a style in a section', svg('<style><![CDATA[.a > .b {fill:red}]]></style>')],
    ['that moves', svg('<circle r="4"><animate attributeName="r" from="4" to="9" dur="1s"/></circle>')],
    [
      'with what an editor left in it',
      svg(
        '<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="http://example.com"/></rdf:RDF></metadata>',
      ),
    ],
    [
      'with a label that speaks of an image',
      svg('<g aria-label="an image(of a kite), src(1), element(2)"/>'),
    ],
    ['with a string that mentions a comment', svg('<style>.a{font-family:"/* a";fill:red}</style>')],
    ['with a label in quotes', svg('<g aria-label="it\'s url (a place)"/>')],
    ['with a part used often', svg(`<g id="a"><path d="M0 0"/></g>${'<use href="#a"/>'.repeat(5_000)}`)],
    [
      'with classes of gradients',
      svg(
        `<style>${Array.from({ length: 50 }, (_, n) => `.c${n}{fill:url(#g${n})}`).join('')}</style>${Array.from({ length: 50 }, (_, n) => `<linearGradient id="g${n}"${n > 0 ? ` href="#g0"` : ''}><stop/><stop/></linearGradient>`).join('')}${'<path class="c1"/>'.repeat(2_000)}`,
      ),
    ],
    [
      'with a document type of a known name',
      `<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">${svg('')}`,
    ],
    [
      "with an editor's packet",
      svg('<metadata><?xpacket begin="" id="W5M0"?><a/><?xpacket end="w"?></metadata>'),
    ],
    ['with a GIF in it', svg('<image href="data:image/gif;charset=utf-8;base64,R0lG"/>')],
    [
      'with a mask whose part has a gradient of another',
      svg(
        '<style>.st0{mask:url(#m)}</style><linearGradient id="g1"><stop/></linearGradient><linearGradient id="g2" href="#g1"/><path id="p" d="M0 0"/><mask id="m"><use href="#p" fill="url(#g2)"/></mask><rect class="st0"/>',
      ),
    ],
    [
      'with a gradient for each of many classes',
      svg(
        `<style>${Array.from({ length: 300 }, (_, n) => `.c${n}{fill:url(#g${n})}`).join('')}</style>${Array.from({ length: 300 }, (_, n) => `<linearGradient id="g${n}">${'<stop/>'.repeat(8)}</linearGradient>`).join('')}${Array.from({ length: 3_000 }, (_, n) => `<path class="c${n % 300}"/>`).join('')}`,
      ),
    ],
    ['with values of an animation', svg('<animate attributeName="fill" values="#fff;url(#a);red"/>')],
    ['with a filter', svg('<filter id="f"><feGaussianBlur stdDeviation="2"/></filter><g filter="url(#f)"/>')],
    ['with a font of another script', svg('<text font-family="\\9ED1\\4F53">a</text>')],
  ])('%s', (_name, text) => {
    expect(inspect(text)).toEqual(drawn);
  });

  test.each([
    ['width="10" height="20"', 10, 20],
    ['width="1in" height="2.54cm"', 96, 96],
    ['width="72pt" height="6pc"', 96, 96],
    ['width="25.4mm" height="101.6q"', 96, 96],
    ['viewBox="0 0 300 150.4"', 300, 150],
    ['viewBox="-5,-5,40,20" width="100%"', 40, 20],
    ['viewBox="0 0 40 20" width="80"', 80, 40],
    ['viewBox="0 0 40 20" height="80px"', 160, 80],
    ['', 300, 150],
    ['viewBox="0 0 0 0"', 300, 150],
    ['viewBox="a b c d" width="-4" height="NaN"', 300, 150],
    ['width="0.01" height="1e2"', 1, 100],
    ['width="1e300" height="99999999"', 100_000, 100_000],
  ])('%s is shown at %i × %i', (attributes, width, height) => {
    expect(inspect(svg('', attributes))).toEqual({ format: 'svg', width, height });
  });
});

describe('is refused', () => {
  const cases: [string, string | Buffer][] = [
    ['nothing', ''],
    ['words', 'a kite'],
    ['HTML', '<!doctype html><title>x</title>'],
    ['HTML that is XML', '<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>'],
    ['an svg of no namespace', '<svg width="4" height="4"/>'],
    ['an svg of another namespace', '<svg xmlns="http://www.w3.org/1999/xhtml"/>'],
    ['an svg within something else', `<a xmlns="http://www.w3.org/2000/svg">${svg('')}</a>`],
    ['an svg that is not closed', '<svg xmlns="http://www.w3.org/2000/svg"><g>'],
    ['two roots', svg('') + svg('')],
    ['words behind its end', `${svg('')}x`],
    ['a script', svg('<script>alert(1)</script>')],
    ['a script in capitals', svg('<SCRIPT>alert(1)</SCRIPT>')],
    ['a script under a prefix', svg('<s:script xmlns:s="http://www.w3.org/2000/svg">alert(1)</s:script>')],
    ['a script of HTML', svg('<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>')],
    ['a script from elsewhere', svg('<script href="https://evil.test/a.js"/>')],
    ['an element of HTML', svg('<h:img xmlns:h="http://www.w3.org/1999/xhtml" alt=""/>')],
    ['foreign content', svg('<foreignObject><p/></foreignObject>')],
    ['a frame', svg('<iframe/>')],
    ['an embedded object', svg('<embed/>')],
    ['an event handler', svg('<rect onclick="alert(1)"/>')],
    ['an event handler at the root', svg('', 'onload="alert(1)"')],
    ['an event handler in capitals', svg('<rect ONLOAD="alert(1)"/>')],
    ['an event handler of an animation', svg('<animate attributeName="x" onbegin="alert(1)"/>')],
    [
      'an event handler under a prefix',
      svg('<rect x:onload="alert(1)" xmlns:x="http://www.w3.org/2000/svg"/>'),
    ],
    ['an XML event', svg('<ev:listener xmlns:ev="http://www.w3.org/2001/xml-events"/>')],
    ['a handler', svg('<handler type="application/ecmascript">alert(1)</handler>')],
    ['a link that runs a script', svg('<a href="javascript:alert(1)"><rect/></a>')],
    ['a link that runs a script, written as numbers', svg('<a xlink:href="&#106;avascript:alert(1)"/>')],
    ['a link that runs a script, with a line break in it', svg('<a href="java&#10;script:alert(1)"/>')],
    ['a link out of it', svg('<a href="https://evil.test/"><rect/></a>')],
    ['a picture from elsewhere', svg('<image href="https://evil.test/a.png"/>')],
    ['a picture from elsewhere, the old way', svg('<image xlink:href="//evil.test/a.png"/>')],
    [
      'a picture from elsewhere, under another prefix',
      svg('<image l:href="http://evil.test/a" xmlns:l="http://www.w3.org/1999/xlink"/>'),
    ],
    ['a picture that is a drawing', svg('<image href="data:image/svg+xml;base64,PHN2Zy8+"/>')],
    ['a picture that is a page', svg('<image href="data:text/html,hello"/>')],
    ['a part of another drawing', svg('<use href="other.svg#a"/>')],
    ['a filter from elsewhere', svg('<feImage href="https://evil.test/a.png"/>')],
    ['a colour from elsewhere', svg('<rect fill="url(https://evil.test/a.svg#g)"/>')],
    ['a colour from elsewhere, in quotes', svg('<rect fill="url( &quot;//evil.test/a&quot; )"/>')],
    ['a colour from elsewhere, escaped', svg('<rect fill="\\75rl(//evil.test/a)"/>')],
    [
      'a colour from elsewhere, in an animation',
      svg('<animate attributeName="fill" values="url(#a);url(//evil.test)"/>'),
    ],
    ['a style that imports', svg('<style>@import "https://evil.test/a.css";</style>')],
    ['a style that imports, escaped', svg('<style>@\\69mport "https://evil.test/a.css";</style>')],
    ['a style that imports, in a section', svg('<style><![CDATA[@IMPORT url(//evil.test);]]></style>')],
    ['a style that imports, in two pieces', svg('<style>@im<!-- -->port "a.css";</style>')],
    ['a style that fetches', svg('<style>.a{background:url(//evil.test/a)}</style>')],
    ['a style that fetches a font', svg('<style>@font-face{src:url(data:font/woff2;base64,AAAA)}</style>')],
    [
      'a style that fetches without saying url',
      svg('<rect style="mask-image:image-set(\'//evil.test/a\' 1x)"/>'),
    ],
    ['a style that runs', svg('<rect style="width:expression(alert(1))"/>')],
    ['a style that binds', svg('<rect style="-moz-binding:url(#a)"/>')],
    ['a style that imports, around a child element', svg('<style>@imp<title/>ort "//evil.test/a";</style>')],
    ['a style that imports, with a long escape', svg('<style>@\\000069mport "//evil.test/a";</style>')],
    [
      'an address behind a comment that a string only mentions',
      svg('<style>.a{content:"/*";fill:url(//evil.test/a);stroke:"*/"}</style>'),
    ],
    [
      'an address behind a comment that a string only mentions, in an attribute',
      svg("<rect style=\"--a:'/*';fill:url(//evil.test/a);--b:'*/'\"/>"),
    ],
    ['an address whose slash is escaped', svg('<style>.a{fill:url(\\2f\\2f evil.test/a)}</style>')],
    ['an address whose slash looks like a comment', svg('<style>.a{fill:url(\\2f* //evil.test/a)}</style>')],
    [
      'an address behind a slash that escapes to a comment',
      svg('<style>\\2f* {}.a{fill:url(//evil.test/a)}/**/</style>'),
    ],
    ['an address in a custom property', svg('<style>:root{--a:url(//evil.test/a)}.a{fill:var(--a)}</style>')],
    [
      'an address in a string of a function nobody knows',
      svg('<style>.a{fill:new-image("//evil.test/a")}</style>'),
    ],
    ['a prefixed function that fetches', svg('<style>.a{mask:-webkit-image-set("a.png" 1x)}</style>')],
    ['an address with an escaped function name', svg('<style>.a{fill:u\\72l("//evil.test/a")}</style>')],
    ['an address that is not closed', svg('<style>.a{fill:url(//evil.test/a</style>')],
    [
      'an address behind a string that is not closed',
      svg('<style>.a{content:"x\n;fill:url(//evil.test/a)}</style>'),
    ],
    ['a picture in a style', svg('<style>.a{fill:url(data:image/png;base64,AAAA)}</style>')],
    ['a style of another document', svg('<style>@-moz-document url-prefix("https://x"){a{}}</style>')],
    [
      'parts that are used a thousand times over',
      svg(
        `<g id="a0"><path d="M0 0"/></g>${Array.from({ length: 20 }, (_, n) => `<g id="a${n + 1}"><use href="#a${n}"/><use href="#a${n}"/></g>`).join('')}`,
      ),
    ],
    [
      'patterns that are painted with each other',
      svg(
        `<pattern id="p0"><path d="M0 0"/></pattern>${Array.from({ length: 20 }, (_, n) => `<pattern id="p${n + 1}"><rect fill="url(#p${n})"/><rect fill="url(#p${n})"/></pattern>`).join('')}<rect fill="url(#p20)"/>`,
      ),
    ],
    ['a part that uses itself', svg('<g id="a"><use href="#a"/></g>')],
    ['parts that use each other', svg('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>')],
    [
      'uses behind each other without end',
      svg(
        `<g id="a0"/>${Array.from({ length: 50 }, (_, n) => `<use id="a${n + 1}" href="#a${n}"/>`).join('')}`,
      ),
    ],
    [
      'a style that paints every part with parts that use others',
      svg(
        `<style>*{mask:url(#m)}</style><g id="s"/><g id="t"><use href="#s"/></g><mask id="m"><use href="#t"/></mask>`,
      ),
    ],
    [
      'masks that classes nest in each other',
      svg(
        `<style>${Array.from({ length: 8 }, (_, n) => `.c${n}{mask:url(#m${n})}`).join('')}</style>${Array.from({ length: 8 }, (_, n) => `<mask id="m${n}">${`<rect class="c${n + 1}"/>`.repeat(8)}</mask>`).join('')}<rect class="c0"/>`,
      ),
    ],
    [
      'parts that are used by an encoded name',
      svg(
        `<g id="a0"><path d="M0 0"/></g>${Array.from({ length: 22 }, (_, n) => `<g id="a${n + 1}"><use href="#%61${n}"/><use href="#%61${n}"/></g>`).join('')}`,
      ),
    ],
    ['a part that uses itself by an encoded name', svg('<g id="a"><use href="#%61"/></g>')],
    [
      'a marker for each of very many corners',
      svg(
        `<marker id="m">${'<circle r="1"/>'.repeat(400)}</marker><path marker-mid="url(#m)" d="${'M0 0L1 1'.repeat(20_000)}"/>`,
      ),
    ],
    [
      'an address in a value between comments',
      svg('<rect><animate attributeName="mask" values="/*;url(http://evil.test/x.svg#f);*/"/></rect>'),
    ],
    [
      'an address in a value between quotes',
      svg(
        '<rect><animate attributeName="mask" values="&quot;;url(http://evil.test/x.svg#f);&quot;"/></rect>',
      ),
    ],
    [
      'an address in a value behind an escaped semicolon',
      svg('<rect><animate attributeName="mask" values="a\\;url(http://evil.test/x.svg#f)"/></rect>'),
    ],
    ['very many filters', svg(`<filter id="f">${'<feTurbulence/>'.repeat(1_001)}</filter>`)],
    ['an animation of a link', svg('<a href="#x"><set attributeName="href" to="javascript:alert(1)"/></a>')],
    [
      'an animation of a link, the old way',
      svg('<animate attributeName="xlink:href" values="#a;https://evil.test"/>'),
    ],
    ['an animation of an event handler', svg('<set attributeName=" onclick " to="alert(1)"/>')],
    ['a base of its own', svg('<g xml:base="https://evil.test/"/>')],
    [
      'an entity that is a file',
      `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///proc/self/environ">]>${svg('<text>&x;</text>')}`,
    ],
    ['entities that multiply', `<!DOCTYPE svg [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>${svg('&b;')}`],
    ['an entity of HTML', svg('<text>&nbsp;</text>')],
    ['a style sheet from elsewhere', `<?xml-stylesheet href="https://evil.test/a.css"?>${svg('')}`],
    ['another instruction', svg('<?php system("id"); ?>')],
    ['another encoding', Buffer.from(`<?xml version="1.0" encoding="utf-16"?>${svg('')}`, 'utf16le')],
    ['another encoding that it only claims', `<?xml version="1.0" encoding="utf-7"?>${svg('')}`],
    ['another version of XML', `<?xml version="1.1"?>${svg('')}`],
    ['bytes that are no text', Buffer.concat([Buffer.from(svg('')), Buffer.from([0xff, 0xfe])])],
    ['a zero', svg('\0')],
    ['an attribute twice', svg('<rect width="1" width="2"/>')],
    ['a prefix that is not declared', svg('<x:rect/>')],
    ['a nesting without end', svg('<g>'.repeat(200) + '</g>'.repeat(200))],
    ['very many elements', svg('<g/>'.repeat(200_001))],
    [
      'very many attributes',
      svg(`<g ${Array.from({ length: 101 }, (_, index) => `a${index}="1"`).join(' ')}/>`),
    ],
    ['a ZIP behind its end', Buffer.concat([Buffer.from(svg('')), Buffer.from('PK\x05\x06')])],
  ];
  test.each(cases)('%s', (_name, text) => {
    expect(inspect(text)).toEqual({ refused: expect.stringContaining('svg') });
  });
});

test('cut short anywhere, it is refused', () => {
  const text = svg('<style>.a{fill:red}</style><path d="M0 0" class="a"/><text>a kite</text>');
  for (let length = 0; length < text.length; length += 1)
    expect(inspect(text.slice(0, length))).toHaveProperty('refused');
});

test('whatever bytes there are, an answer comes and nothing is thrown', () => {
  const good = svg('<style>.a{fill:url(#b)}</style><a href="#x"><path d="M0 0" onx="1" fill="url(#a)"/></a>');
  const piece = fc.constantFrom(
    '<',
    '>',
    '"',
    "'",
    '&',
    ';',
    '/',
    '\\',
    'url(',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '\0',
    ' ',
    '\ud800',
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: good.length }), piece), { maxLength: 6 }), (changes) => {
      let text = good.replace('onx', 'x');
      for (const [at, what] of changes) text = text.slice(0, at) + what + text.slice(at);
      const found = inspect(text);
      expect('refused' in found || found.format === 'svg').toBe(true);
    }),
    { numRuns: 2_000 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void inspectSvg(bytes)));
});

test('room in a length is passed soon', () => {
  const before = process.cpuUsage();
  inspect(svg('', `width="1${' '.repeat(4_000_000)}!"`));
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(1_000);
});

describe('is refused, since a browser would draw or read it for ever', () => {
  const zig = `M0 0${'L1 1L2 0'.repeat(30)}`;
  const levels = (of: (level: number) => string) =>
    Array.from({ length: 5 }, (_, level) => of(level)).join('');
  const marker = (level: number, inner: string) =>
    `<marker id="m${level}">${level < 4 ? inner : '<rect width="1" height="1"/>'}</marker>`;
  const zzz = `M0 0${'z'.repeat(60)}`;
  const dots = `M0 0${'.1.1'.repeat(60)}`;
  const drawnAs = (
    attributes: (level: number) => string,
    around = (inner: string, _level: number) => inner,
  ) =>
    levels((level) => marker(level, around(`<path ${attributes(level + 1)}/>`, level + 1))) +
    around(`<path ${attributes(0)}/>`, 0);
  test.each([
    [
      'markers that are inherited',
      drawnAs(
        () => `d="${zig}"`,
        (inner, level) => `<g marker-mid="url(#m${level})">${inner}</g>`,
      ),
    ],
    [
      'markers that are inherited by a use',
      `<path id="p" d="${zig}"/>${levels((level) => marker(level, `<g marker-mid="url(#m${level + 1})"><use href="#p"/></g>`))}<g marker-mid="url(#m0)"><use href="#p"/></g>`,
    ],
    ['paths that are closed again and again', drawnAs((level) => `marker-mid="url(#m${level})" d="${zzz}"`)],
    ['numbers that only a dot parts', drawnAs((level) => `marker-mid="url(#m${level})" d="${dots}"`)],
    [
      'attribute selectors',
      `<style>${levels((level) => `[k="${level}"]{marker-mid:url(#m${level})}`)}</style>${drawnAs((level) => `k="${level}" d="${zig}"`)}`,
    ],
    [
      'a negation',
      `<style>:not(circle){marker-mid:url(#m0)}</style>${levels((level) => marker(level, `<path marker-mid="url(#m${level + 1})" d="${zig}"/>`))}${`<path d="${zig}"/>`.repeat(9)}`,
    ],
    ['a path in a style', drawnAs((level) => `marker-mid="url(#m${level})" style="d:path('${zig}')"`)],
    [
      'filter functions of attributes',
      `<rect width="9" height="9" style="filter:${'blur(50px) '.repeat(100)}"/>`.repeat(200),
    ],
    [
      'filter functions of a style sheet',
      `<style>rect{filter:${'blur(50px) '.repeat(100)}}</style>${'<rect width="9" height="9"/>'.repeat(200)}`,
    ],
    [
      'a filter of hundreds, used hundreds of times',
      `<filter id="f">${'<feGaussianBlur stdDeviation="9"/>'.repeat(900)}</filter>${'<rect filter="url(#f)"/>'.repeat(100)}`,
    ],
    ['a rule in a rule', '<style>.a{.b{fill:red}}</style>'],
    ['rules in rules', `<style>rect{${'g{'.repeat(40)}fill:red${'}'.repeat(41)}</style>`],
    [
      'a nesting selector doubled',
      `<style>a,a{${'&amp; &amp;,&amp; &amp;{'.repeat(30)}fill:red${'}'.repeat(31)}</style>`,
    ],
    ['media in media', `<style>${'@media all{'.repeat(100_000)}${'}'.repeat(100_000)}</style>`],
    ['layers in layers', `<style>${'@layer a{'.repeat(9)}${'}'.repeat(9)}</style>`],
    ['selectors in selectors', `<style>${':not('.repeat(100_000)}a${')'.repeat(100_000)}{fill:red}</style>`],
    ['functions in functions', `<rect style="fill:${'var(--x,'.repeat(100_000)}red${')'.repeat(100_000)}"/>`],
    ['brackets in brackets', `<style>@supports ${'('.repeat(100_000)}a:b${')'.repeat(100_000)}{}</style>`],
  ])('%s', (_name, inside) => {
    expect(inspect(svg(inside))).toHaveProperty('refused');
  });
});

test.each(['\u00a0', '\ufeff', '\u2003', '\u2028', '\u3000'])(
  'a space that neither XML nor CSS knows (%j) makes an address of its own, and is refused',
  (space) => {
    for (const inside of [
      `<image href="${space}" width="9" height="9"/>`,
      `<use href="${space}#a"/>`,
      `<rect width="9" height="9" fill="url(${space}#a)"/>`,
    ])
      expect(inspect(svg(inside))).toHaveProperty('refused');
  },
);

test.each([
  ['comments that do not end', `<style>${'/*'.repeat(1_000_000)}</style>`],
  ['addresses that do not end', `<style>${'url('.repeat(600_000)}</style>`],
  ['room before a bracket', `<style>url${' '.repeat(2_000_000)}(</style>`],
  ['room in an attribute', `<g fill="${' behavior '.repeat(250_000)}"/>`],
  ['room around a name', `<set attributeName="${' :on'.repeat(400_000)}x"/>`],
  ['escapes', `<g fill="${'\\75 '.repeat(600_000)}"/>`],
  ['uses', `<g id="a"/>${'<use href="#a"/>'.repeat(150_000)}`],
  ['styled fragments', `<style>${'a{fill:url(#a)}'.repeat(300_000)}</style>`],
  [
    'selectors and references of one rule',
    `<style>${'a '.repeat(16_000)}{${'d:url(#a);'.repeat(16_000)}}</style>`,
  ],
  ['lists of selectors', `<style>${'a,'.repeat(16_000)}a{${'d:url(#a);'.repeat(16_000)}}</style>`],
  [
    'references of one rule for every element',
    `<style>*{${Array.from({ length: 4_000 }, (_, n) => `d:url(#${n});`).join('')}}</style>${'<a/>'.repeat(4_000)}`,
  ],
  ['a path', `<path d="${'M0 0L9.5 9.5'.repeat(200_000)}"/>`],
  ['many elements', '<path d="M0 0"/>'.repeat(150_000)],
])('megabytes of %s are seen through soon', (_name, inside) => {
  const before = process.cpuUsage();
  inspect(svg(inside));
  const { user, system } = process.cpuUsage(before);
  // Of the processor: by the clock it would measure its neighbours.
  expect((user + system) / 1000).toBeLessThan(5_000);
});
