import { isNode, nameOf, nodesOf, type SyntaxNode } from './read-program.ts';

/** What a program finds without asking for it: the machine it runs on, the clock, chance. */
const ambient: ReadonlySet<string> = new Set([
  'process',
  'crypto',
  'performance',
  'globalThis',
  'console',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
]);

/** Everything in a program that makes its answer depend on more than its arguments. */
export function impurities(file: string, text: string): string[] {
  return nodesOf(file, text).flatMap(({ node, above }) => {
    const found = impurity(node, above);
    return found === undefined ? [] : [`${file}: ${found}`];
  });
}

/** Whether a program speaks of `process`, by name or by import. */
export const readsProcess = (file: string, text: string): boolean =>
  nodesOf(file, text).some(
    ({ node, above }) =>
      (isReference(node, above) && node.name === 'process') ||
      (isNode(node.source) && /^(node:)?process$/.test(nameOf(node.source) ?? '')),
  );

function impurity(node: SyntaxNode, above: SyntaxNode | undefined): string | undefined {
  const name = String(node.name);
  if (isReference(node, above)) {
    if (ambient.has(name)) return name;
    if (name === 'Date' && !isPureDate(node, above)) return 'the clock';
  }
  return node.type === 'MemberExpression' &&
    nameOf(node.object) === 'Math' &&
    nameOf(node.property) === 'random'
    ? 'Math.random'
    : undefined;
}

/** `new Date(time)`, `Date.parse` and `Date.UTC` only reckon. */
function isPureDate(node: SyntaxNode, above: SyntaxNode | undefined): boolean {
  if (above?.type === 'NewExpression' && above.callee === node)
    return (above.arguments as unknown[]).length > 0;
  if (above?.type === 'BinaryExpression' && above.operator === 'instanceof') return true;
  return above?.type === 'MemberExpression' && /^(parse|UTC)$/.test(nameOf(above.property) ?? '');
}

/** An identifier that stands for a value; not a type, nor the name of a property. */
function isReference(node: SyntaxNode, above: SyntaxNode | undefined): boolean {
  if (node.type !== 'Identifier' || above === undefined || above.type.startsWith('TSType')) return false;
  if (above.computed !== true && (above.property === node || above.key === node)) return false;
  return above.type !== 'TSQualifiedName' && above.type !== 'TSPropertySignature';
}
