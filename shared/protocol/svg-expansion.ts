import { type CssReference, filterFunction } from './css-references.ts';

/**
 * Counts what a browser draws of an SVG once every reference is followed. A dozen elements that use each other twice
 * would be drawn thousands of times.
 */

const mostDrawn = 1_000_000;
const mostNesting = 20;
/** Of style sheets: pairs of a selector and a reference, and references that elements follow. */
const mostStyled = 500_000;
/** A filter reads and writes every pixel: one counts as so many elements, wherever it is applied. */
const filterCost = 200;
const isFilter = /^fe[a-z]+$/;

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
  /** Corners in it and in all that it draws: a marker is inherited, and drawn at each. */
  reach: number;
  /** What its references lead to; known once it is counted. */
  targets: readonly Node[];
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
  /** Filter functions of style sheets, by selector: of these each one counts. */
  readonly #filters = new Map<string, number>();
  #pairs = 0;
  #followed = 0;
  #current: Node | undefined;

  open(element: Element): void {
    const node: Node = {
      ...element,
      parent: this.#current,
      children: [],
      drawn: isFilter.test(element.name) ? filterCost : 1,
      reach: element.corners,
      targets: [],
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
      this.#pairs += selectors.length;
      if (this.#pairs > mostStyled) return;
      for (const selector of selectors.length > 0 ? selectors : ['*']) {
        if (id === filterFunction) this.#filters.set(selector, (this.#filters.get(selector) ?? 0) + 1);
        const ids = this.#styled.get(selector) ?? new Set();
        this.#styled.set(selector, ids.add(id));
      }
    }
  }

  /** @returns why the document is refused; undefined when what it draws is bounded */
  fault(): string | undefined {
    const [root] = this.#all;
    if (!root) return undefined;
    const isCounted = this.#count(root);
    if (this.#pairs > mostStyled || this.#followed > mostStyled) return 'its style refers too often';
    if (!isCounted) return 'its parts refer to each other in a circle';
    return root.drawn > mostDrawn || root.nesting > mostNesting
      ? 'its parts are used too often within each other'
      : undefined;
  }

  /** Post-order without recursion. @returns false when a reference leads back to itself, or too many are followed */
  #count(root: Node): boolean {
    const stack: Node[] = [root];
    for (let node = stack.at(-1); node; node = stack.at(-1)) {
      if (node.state === 'counted') {
        stack.pop();
        continue;
      }
      if (node.state === 'open') {
        node.state = 'counting';
        node.targets = this.#targets(node);
        if (this.#followed > mostStyled) return false;
        for (const one of [...node.children, ...node.targets]) {
          if (one.state === 'counting') return false;
          if (one.state === 'open') stack.push(one);
        }
        continue;
      }
      stack.pop();
      node.state = 'counted';
      let drawn = node.drawn + this.#filterCost(node);
      for (const child of node.children) {
        drawn += child.drawn;
        node.reach += child.reach;
        node.nesting = Math.max(node.nesting, child.nesting);
      }
      for (const target of node.targets) if (target.name !== 'marker') node.reach += target.reach;
      node.reach = Math.min(node.reach, Number.MAX_SAFE_INTEGER);
      for (const target of node.targets) {
        drawn += target.drawn * (target.name === 'marker' ? Math.max(node.reach, 1) : 1);
        node.nesting = Math.max(node.nesting, target.nesting + 1);
      }
      node.drawn = Math.min(drawn, Number.MAX_SAFE_INTEGER);
    }
    return true;
  }

  /** What an element's own attributes refer to, each time, and what style sheets give it, once. */
  #targets(node: Node): Node[] {
    const ids = [...node.references];
    if (this.#styled.size > 0)
      for (const selector of selectorsOf(node)) {
        const styled = this.#styled.get(selector);
        this.#followed += styled?.size ?? 0;
        if (this.#followed > mostStyled) return [];
        ids.push(...(styled ?? []));
      }
    const own = node.references.length;
    const once = new Set(ids.slice(own));
    return [...ids.slice(0, own), ...once].flatMap((id) => this.#byId.get(id) ?? []);
  }

  #filterCost(node: Node): number {
    let filters = node.references.filter((id) => id === filterFunction).length;
    for (const selector of this.#filters.size > 0 ? selectorsOf(node) : [])
      filters += this.#filters.get(selector) ?? 0;
    return filters * filterCost;
  }
}

/** What rules may call an element. */
const selectorsOf = ({ name, id, classes }: Node): readonly string[] => [
  '*',
  name,
  ...(id === undefined ? [] : [`#${id}`]),
  ...classes.map((one) => `.${one}`),
];
