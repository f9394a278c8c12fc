// What a preview says, as the compiler wrote it (`emit/preview.py`): HTML of elements that it makes itself.

export type Preview = Readonly<{
  title: string;
  html?: string;
  headings?: readonly (readonly [anchor: string, html: string])[];
  sections?: Readonly<Record<string, string>>;
}>;

export type Shown = Readonly<{ title: string; section: string; html: string; headings: readonly string[] }>;

/** What to show for a place in a page; null when there is nothing but its title. A part that is not told shows its page. */
export function shown(preview: Preview, anchor: string): Shown | null {
  const headings = preview.headings ?? [];
  const said = anchor === "" ? undefined : own(preview.sections, anchor);
  if (said !== undefined) {
    const heading = headings.find(([id]) => id === anchor);
    return { title: preview.title, section: heading?.[1] ?? "", html: said, headings: [] };
  }
  if (preview.html === undefined && headings.length === 0) return null;
  return { title: preview.title, section: "", html: preview.html ?? "", headings: headings.map(([, html]) => html) };
}

function own(sections: Preview["sections"], anchor: string): string | undefined {
  return sections !== undefined && Object.hasOwn(sections, anchor) ? sections[anchor] : undefined;
}
