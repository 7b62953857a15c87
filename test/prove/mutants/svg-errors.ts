import type { Mutant } from './mutant.ts';

const killers = ['test/protocol/svg.test.ts'];

/** Mistakes in the inspection of a stranger's drawing. */
export const svgErrors: readonly Mutant[] = [
  {
    name: 'V01',
    error: 'a style sheet may have child elements, around which a browser joins the text',
    edits: [
      {
        file: 'shared/protocol/svg.ts',
        was: "    if (isStyle(open.at(-1))) refuse('its style has an element in it');\n",
        is: '',
      },
    ],
    killers,
    title: 'around a child element',
  },
  {
    name: 'V02',
    error: 'comments are cut out of a style sheet before its strings are read',
    edits: [
      {
        file: 'shared/protocol/css-references.ts',
        was: '  tokenize(css, (type, start, end) => {',
        is: "  css = css.replaceAll(/\\/\\*[\\s\\S]*?\\*\\//g, '');\n  tokenize(css, (type, start, end) => {",
      },
    ],
    killers,
    title: 'a string only mentions',
  },
  {
    name: 'V03',
    error: 'an address in a style sheet may lead out of the drawing',
    edits: [
      {
        file: 'shared/protocol/css-references.ts',
        was: '    if (id === undefined) fault ??= outside;',
        is: "    if (id === undefined) references.push({ id: '', selectors });",
      },
    ],
    killers,
    title: 'a colour from elsewhere',
  },
  {
    name: 'V04',
    error: 'parts may use each other as often as they like',
    edits: [
      {
        file: 'shared/protocol/svg-expansion.ts',
        was: '    return root.drawn > mostDrawn || root.nesting > mostNesting',
        is: '    return root.nesting > 10 * mostNesting',
      },
    ],
    killers,
    title: 'a thousand times over',
  },
  {
    name: 'V05',
    error: "an animation's values are read as one piece of CSS",
    edits: [
      {
        file: 'shared/protocol/svg-references.ts',
        was: "  if (name === 'values') return listReferences(value);\n",
        is: "  if (name === 'never') return listReferences(value);\n",
      },
    ],
    killers,
    title: 'an address in a value between comments',
  },
];
