// What `early.ts` says for the theme's own scripts, and for those in place of them.

interface Window {
  __md_get(key: string): unknown;
  /** What a script says that holds data. */
  vaultcSaid(data: unknown): void;
}
