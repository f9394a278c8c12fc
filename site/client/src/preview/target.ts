// Which preview a link has. Every page of a site has one, at an address that follows from its own.

export type Target = Readonly<{ file: string; anchor: string }>;

/** The address of a link's preview and the anchor that it leads to; null for what is no other place in the site's pages. */
export function target(link: string, here: string, root: string): Target | null {
  const url = new URL(link, here);
  const base = new URL(root);
  if (url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) return null;
  const anchor = url.hash.length > 1 ? decoded(url.hash.slice(1)) : "";
  if (url.pathname === new URL(here).pathname && anchor === "") return null;
  const path = url.pathname.slice(base.pathname.length);
  const page = path === "" || path.endsWith("/") ? `${path}index` : /^(.+)\.html$/.exec(path)?.[1];
  if (page === undefined) return null;
  return { file: new URL(`assets/vaultc/preview/${page}.json`, base).href, anchor };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a percent sign that encodes nothing
  }
}
