/**
 * Counts what a browser draws of an SVG once every reference is followed. A dozen elements that use each other twice
 * would be drawn thousands of times.
 */

const mostDrawn = 1_000_000;
const mostDrawnByStyle = 5_000_000;
const mostNesting = 20;

interface Node {
  readonly parent: Node | undefined;
  readonly references: readonly string[];
  /** Elements drawn for it, itself included; known once everything below it is counted. */
  drawn: number;
  /** References followed one behind another. */
  nesting: number;
  state: 'open' | 'counting' | 'counted';
  readonly children: Node[];
}

/** Collects elements while a document is parsed, and counts them at its end. */
export class Expansion {
  readonly #byId = new Map<string, Node>();
  readonly #all: Node[] = [];
  #current: Node | undefined;

  /** @param references fragments that are drawn in the place of, or for, this element */
  open(id: string | undefined, references: readonly string[]): void {
    const node: Node = {
      parent: this.#current,
      references,
      drawn: 1,
      nesting: 0,
      state: 'open',
      children: [],
    };
    this.#current?.children.push(node);
    this.#all.push(node);
    // A browser takes the first of several elements with one id.
    if (id !== undefined && !this.#byId.has(id)) this.#byId.set(id, node);
    this.#current = node;
  }

  close(): void {
    this.#current = this.#current?.parent;
  }

  /**
   * @param styleReferences fragments of style sheets, which may be drawn for every element
   * @returns why the document is refused; undefined when it is bounded
   */
  fault(styleReferences: ReadonlySet<string>): string | undefined {
    const [root] = this.#all;
    if (!root) return undefined;
    const circular = 'its parts refer to each other in a circle';
    if (!this.#count(root)) return circular;
    if (root.drawn > mostDrawn || root.nesting > mostNesting)
      return 'its parts are used too often within each other';
    let drawn = 0;
    for (const id of styleReferences) {
      const target = this.#byId.get(id);
      if (target && target.nesting > 1) return 'its style uses parts that use others';
      drawn += (target?.drawn ?? 0) * this.#all.length;
    }
    return drawn > mostDrawnByStyle ? 'its style uses parts too often' : undefined;
  }

  /** Post-order without recursion. @returns false when a reference leads back to itself */
  #count(root: Node): boolean {
    const stack: Node[] = [root];
    for (let node = stack.at(-1); node; node = stack.at(-1)) {
      const below = this.#below(node);
      if (node.state === 'open') {
        node.state = 'counting';
        for (const one of below) {
          if (one.state === 'counting') return false;
          if (one.state === 'open') stack.push(one);
        }
        continue;
      }
      stack.pop();
      if (node.state === 'counted') continue;
      node.state = 'counted';
      const targets = this.#targets(node);
      node.drawn = below.reduce((sum, one) => Math.min(sum + one.drawn, Number.MAX_SAFE_INTEGER), 1);
      for (const { nesting } of node.children) node.nesting = Math.max(node.nesting, nesting);
      for (const { nesting } of targets) node.nesting = Math.max(node.nesting, nesting + 1);
    }
    return true;
  }

  #below(node: Node): Node[] {
    return [...node.children, ...this.#targets(node)];
  }

  #targets(node: Node): Node[] {
    return node.references.flatMap((id) => this.#byId.get(id) ?? []);
  }
}
