// The parts of the index, each loaded when it is needed and then kept. They are scripts that say what they hold: a page that is read
// from a disk may fetch nothing.

import type { Section } from "./quote";
import type { Part, Table } from "./rank";

export const ROOT = new URL(/* relative to chunks/ */ "../../../", import.meta.url).href;

/** The address of a page. `path` is data: encoded whole, it cannot become another host, a query or a script. */
export function address(path: string): string {
  return new URL(`./${path.split("/").map(encodeURIComponent).join("/")}`, ROOT).href;
}

const said = new Map<string, unknown>();
const asked = new Map<string, Promise<void>>();

Object.assign(window, { vaultcSearch: (name: string, data: unknown) => said.set(name, data) });

async function load(name: string): Promise<void> {
  let loading = asked.get(name);
  if (loading === undefined) {
    loading = new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${ROOT}assets/vaultc/search/${name}.js`;
      script.addEventListener("load", () => resolve());
      script.addEventListener("error", () => {
        asked.delete(name);
        reject(new Error(`${script.src} cannot be loaded`));
      });
      document.head.append(script);
    });
    asked.set(name, loading);
  }
  await loading;
}

export async function loadTable(): Promise<Table> {
  await load("notes");
  return said.get("notes") as Table;
}

export async function loadWords(number: number): Promise<void> {
  await load(`words-${number}`);
}

export function wordsPart(number: number): Part | undefined {
  return said.get(`words-${number}`) as Part | undefined;
}

export async function loadText(number: number): Promise<Readonly<Record<string, readonly Section[]>>> {
  await load(`text-${number}`);
  return said.get(`text-${number}`) as Readonly<Record<string, readonly Section[]>>;
}
