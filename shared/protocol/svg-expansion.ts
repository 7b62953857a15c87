import type { CssReference } from './css-references.ts';

/**
 * Counts what a browser draws of an SVG once every reference is followed. A dozen elements that use each other twice
 * would be drawn thousands of times.
 */

const mostDrawn = 1_000_000;
const mostNesting = 20;

/** What the count knows of an element. */
export interface Element {
  readonly name: string;
  readonly id: string | undefined;
  readonly classes: readonly string[];
  /** Corners of its path: a marker is drawn at each. */
  readonly corners: number;
  /** Fragments that are drawn in the place of, or for, this element. */
  readonly references: readonly string[];
}

interface Node extends Element {
  readonly parent: Node | undefined;
  readonly children: Node[];
  /** Elements drawn for it, itself included; known once everything below it is counted. */
  drawn: number;
  /** References followed one behind another. */
  nesting: number;
  state: 'open' | 'counting' | 'counted';
}

/** Collects elements while a document is parsed, and counts them at its end. */
export class Expansion {
  readonly #byId = new Map<string, Node>();
  readonly #all: Node[] = [];
  /** References of style sheets, by the selector that they apply to; `*` for every element. */
  readonly #styled = new Map<string, Set<string>>();
  #current: Node | undefined;

  open(element: Element): void {
    const node: Node = {
      ...element,
      parent: this.#current,
      children: [],
      drawn: 1,
      nesting: 0,
      state: 'open',
    };
    this.#current?.children.push(node);
    this.#all.push(node);
    // A browser takes the first of several elements with one id.
    if (node.id !== undefined && !this.#byId.has(node.id)) this.#byId.set(node.id, node);
    this.#current = node;
  }

  close(): void {
    this.#current = this.#current?.parent;
  }

  /** Takes the references of a style sheet, each for the elements that its rule may apply to. */
  style(references: readonly CssReference[]): void {
    for (const { id, selectors } of references) {
      for (const selector of selectors.length > 0 ? selectors : ['*']) {
        const ids = this.#styled.get(selector) ?? new Set();
        this.#styled.set(selector, ids.add(id));
      }
    }
  }

  /** @returns why the document is refused; undefined when what it draws is bounded */
  fault(): string | undefined {
    const [root] = this.#all;
    if (!root) return undefined;
    if (!this.#count(root)) return 'its parts refer to each other in a circle';
    return root.drawn > mostDrawn || root.nesting > mostNesting
      ? 'its parts are used too often within each other'
      : undefined;
  }

  /** Post-order without recursion. @returns false when a reference leads back to itself */
  #count(root: Node): boolean {
    const stack: Node[] = [root];
    for (let node = stack.at(-1); node; node = stack.at(-1)) {
      if (node.state === 'counted') {
        stack.pop();
        continue;
      }
      const targets = this.#targets(node);
      if (node.state === 'open') {
        node.state = 'counting';
        for (const one of [...node.children, ...targets]) {
          if (one.state === 'counting') return false;
          if (one.state === 'open') stack.push(one);
        }
        continue;
      }
      stack.pop();
      node.state = 'counted';
      let drawn = 1;
      for (const child of node.children) {
        drawn += child.drawn;
        node.nesting = Math.max(node.nesting, child.nesting);
      }
      for (const target of targets) {
        drawn += target.drawn * (target.name === 'marker' ? Math.max(node.corners, 1) : 1);
        node.nesting = Math.max(node.nesting, target.nesting + 1);
      }
      node.drawn = Math.min(drawn, Number.MAX_SAFE_INTEGER);
    }
    return true;
  }

  /** What an element's own attributes refer to, each time, and what style sheets give it, once. */
  #targets({ name, id, classes, references }: Node): Node[] {
    const own = references.flatMap((reference) => this.#byId.get(reference) ?? []);
    if (this.#styled.size === 0) return own;
    const selectors = [
      '*',
      name,
      ...(id === undefined ? [] : [`#${id}`]),
      ...classes.map((one) => `.${one}`),
    ];
    const styled = new Set(selectors.flatMap((selector) => [...(this.#styled.get(selector) ?? [])]));
    return [...own, ...[...styled].flatMap((reference) => this.#byId.get(reference) ?? [])];
  }
}
