// When a preview opens and when it closes: a pointer that only passes by opens none, and one on its way into it may leave the link.

export const OPENS = 300;
export const CLOSES = 250;

/** What waits for a reader to mean it: `show` something after a while, `hide` everything a while after nothing is wanted. */
export class Intent<T> {
  private opening: ReturnType<typeof setTimeout> | undefined;
  private closing: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly show: (what: T) => void,
    private readonly hide: () => void,
  ) {}

  /** The reader is on something that has a preview. */
  want(what: T, after = OPENS): void {
    this.keep();
    this.opening = setTimeout(() => this.show(what), after);
  }

  /** The reader is in a preview: what is open stays. */
  keep(): void {
    clearTimeout(this.opening);
    clearTimeout(this.closing);
  }

  /** The reader is elsewhere. */
  leave(): void {
    this.keep();
    this.closing = setTimeout(this.hide, CLOSES);
  }

  /** At once. */
  dismiss(): void {
    this.keep();
    this.hide();
  }
}
