// The page for an address that no page has. A host shows it at any depth: it asks for this script wherever the site may begin, and
// the one that comes knows where that is.

import { h } from "./dom";
import { nearest } from "./search/nearest";
import { address, loadTable, ROOT } from "./search/parts";
import { readNote } from "./search/rank";

const MOST = 5;

function asked(): string {
  try {
    return decodeURIComponent(location.pathname);
  } catch {
    return location.pathname; // anybody may write anything there
  }
}

document.querySelector('a[data-vaultc="home"]')?.setAttribute("href", ROOT);
const { notes } = await loadTable();
const found = nearest(notes.map(readNote), asked(), MOST);
if (found.length > 0) {
  const links = found.map(({ title, url }) => h("li", {}, h("a", { href: address(url) }, title)));
  document.querySelector("main")?.append(h("h2", {}, "Perhaps one of these"), h("ul", {}, ...links));
}
