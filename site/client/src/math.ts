// Formulas, set by KaTeX. A formula that KaTeX does not understand stays as it was written, marked.

import katex from "katex";

let styled = false;

export async function renderMath(host: HTMLElement): Promise<void> {
  if (!styled) {
    styled = true;
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = new URL(/* relative to chunks/ */ "../math.css", import.meta.url).href;
    document.head.append(sheet);
  }
  const source = host.textContent?.trim() ?? "";
  const display = source.startsWith("\\[") || source.startsWith("$$");
  const tex = source.replace(/^(\\\(|\\\[|\$\$?)/, "").replace(/(\\\)|\\\]|\$\$?)$/, "");
  katex.render(tex, host, { displayMode: display, throwOnError: false, trust: false, strict: "ignore" });
}
