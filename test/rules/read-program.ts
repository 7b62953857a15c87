import { parseSync } from 'oxc-parser';

/** A node of a syntax tree, whichever it is. */
export interface SyntaxNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

export interface Import {
  /** As it is written: a path, or a package. */
  readonly from: string;
  /** It is gone when the program runs. */
  readonly typeOnly: boolean;
}

/**
 * Every node of a program with the node above it, outermost first. Throws where the text is not a program, since a
 * rule would pass on what it cannot read.
 */
export function nodesOf(file: string, text: string): { node: SyntaxNode; above: SyntaxNode | undefined }[] {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors.map(({ message }) => message).join('; ')}`);
  const nodes: { node: SyntaxNode; above: SyntaxNode | undefined }[] = [];
  const visit = (value: unknown, above: SyntaxNode | undefined): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, above);
    else if (isNode(value)) {
      nodes.push({ node: value, above });
      for (const child of Object.values(value)) visit(child, value);
    }
  };
  visit(program, undefined);
  return nodes;
}

export const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** The name of an identifier, or the text of a string; nothing for whatever else. */
export function nameOf(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  if (value.type === 'Identifier') return String(value.name);
  return value.type === 'Literal' && typeof value.value === 'string' ? value.value : undefined;
}

/**
 * Everything that a program imports, in whichever form: static, re-exported, dynamic, by type, `require`, and a
 * module's URL. One that is computed cannot be judged, and is given as `(computed)`.
 */
export function importsOf(file: string, text: string): Import[] {
  return nodesOf(file, text).flatMap(({ node }): Import[] => {
    const source = sourceOf(node);
    return source === undefined ? [] : [{ from: textIn(source) ?? '(computed)', typeOnly: isTypeOnly(node) }];
  });
}

const moduleKinds: ReadonlySet<string> = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

function sourceOf(node: SyntaxNode): unknown {
  if (moduleKinds.has(node.type)) return node.source ?? undefined;
  if (node.type === 'TSExternalModuleReference') return node.expression;
  if (node.type === 'CallExpression' && isRequire(node.callee)) {
    const [path] = node.arguments as unknown[];
    // A function of ours may be called so; only one that is given a text loads a module.
    return textIn(path) === undefined ? undefined : path;
  }
  if (node.type !== 'NewExpression' || nameOf(node.callee) !== 'URL') return undefined;
  const [path, base] = node.arguments as unknown[];
  return isNode(base) && isNode(base.object) && base.object.type === 'MetaProperty' ? path : undefined;
}

const isRequire = (callee: unknown): boolean =>
  nameOf(callee) === 'require' || (isNode(callee) && nameOf(callee.object) === 'require');

/** A string, or a template without holes: what can be read without running it. */
function textIn(source: unknown): string | undefined {
  if (!isNode(source)) return undefined;
  if (source.type === 'Literal') return nameOf(source);
  if (source.type !== 'TemplateLiteral') return undefined;
  const [quasi, ...others] = source.quasis as { value: { cooked: string } }[];
  return others.length === 0 ? quasi?.value.cooked : undefined;
}

/** `import { type A }` does not count: `verbatimModuleSyntax` leaves an import without names of it. */
const isTypeOnly = ({ type, importKind, exportKind }: SyntaxNode): boolean =>
  type === 'TSImportType' || importKind === 'type' || exportKind === 'type';
