// A way to make elements that cannot make markup out of data: text becomes text nodes, never HTML.

type Child = Node | string | null;
type Attributes = Readonly<Record<string, string | boolean | null>>;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (typeof value === "string") element.setAttribute(name, value);
  }
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

export function option(value: string, label: string): HTMLOptionElement {
  return h("option", { value }, label);
}
