// A list of any length of which only what is seen is in the page. To those who cannot see it, it says how long it is.

const SPARE = 12; // rows beyond either end of what is seen

export class LongList<Item> {
  private items: readonly Item[] = [];
  private from = 0;
  private to = 0;
  private height = 0;
  private active = -1;

  /** `element` scrolls; `row` makes what stands for an item. */
  constructor(
    readonly element: HTMLElement,
    private readonly row: (item: Item) => HTMLElement,
  ) {
    element.addEventListener("scroll", () => this.draw());
    new ResizeObserver(() => this.draw()).observe(element);
  }

  get length(): number {
    return this.items.length;
  }

  /** The item that is marked. */
  get marked(): Item | undefined {
    return this.items[this.active];
  }

  set(items: readonly Item[]): void {
    this.items = items;
    this.active = -1;
    this.element.scrollTop = 0;
    this.draw(true);
  }

  /** Marks the item at `index`, counted round, and brings it into sight; the row that stands for it, null in an empty list. */
  mark(index: number): HTMLElement | null {
    const { length } = this.items;
    if (length === 0) return null;
    this.active = (index + length) % length;
    const { element, height } = this;
    const top = this.active * height;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + height > element.scrollTop + element.clientHeight) element.scrollTop = top + height - element.clientHeight;
    this.draw(true);
    return (element.children[this.active - this.from] as HTMLElement | undefined) ?? null;
  }

  /** Marks the next item, or the one so many before. */
  step(by: number): HTMLElement | null {
    return this.mark(this.active < 0 && by < 0 ? by : this.active + by);
  }

  private draw(anew = false): void {
    const { element, items } = this;
    if (this.height === 0) this.height = this.measure();
    const height = this.height || 24;
    const first = Math.floor(element.scrollTop / height);
    const seen = Math.ceil((element.clientHeight || 600) / height);
    const from = Math.max(0, Math.min(first, items.length) - SPARE);
    const to = Math.min(items.length, first + seen + SPARE);
    if (!anew && from === this.from && to === this.to) return;
    [this.from, this.to] = [from, to];
    const rows = items.slice(from, to).map((item, at) => {
      const row = this.row(item);
      row.id = `${element.id}-${from + at}`;
      row.setAttribute("aria-setsize", String(items.length));
      row.setAttribute("aria-posinset", String(from + at + 1));
      row.setAttribute("aria-selected", String(from + at === this.active));
      return row;
    });
    // The room of the rows that are not there. Padding of the list would do, but a list is never lower than its padding.
    rows[0]?.style.setProperty("margin-top", `${from * height}px`);
    rows.at(-1)?.style.setProperty("margin-bottom", `${(items.length - to) * height}px`);
    element.replaceChildren(...rows);
  }

  /** The height of a row; 0 while nothing is laid out. */
  private measure(): number {
    const [item] = this.items;
    if (item === undefined) return 0;
    this.element.replaceChildren(this.row(item));
    return this.element.firstElementChild?.getBoundingClientRect().height ?? 0;
  }
}
