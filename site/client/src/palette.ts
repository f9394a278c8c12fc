// Puts on the colours that a reader chose, before anything is drawn. A plain script, in the place where the theme has its own.

{
  type Colours = Readonly<Record<string, string | null>>;
  const ATTRIBUTE = "data-md-color-";
  const stored = window.__md_get("__palette") as { color?: Colours } | null;
  let colours = stored?.color;
  if (colours?.["media"] === "(prefers-color-scheme)") {
    // Whoever follows the system has the colours of one of the other two.
    const media = `(prefers-color-scheme: ${matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark"})`;
    const input = document.querySelector(`[${ATTRIBUTE}media="${media}"]`);
    const names = ["media", "scheme", "primary", "accent"];
    if (input !== null) colours = Object.fromEntries(names.map((name) => [name, input.getAttribute(ATTRIBUTE + name)]));
  }
  for (const [name, value] of Object.entries(colours ?? {})) document.body.setAttribute(ATTRIBUTE + name, String(value));
}
