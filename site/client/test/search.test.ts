import assert from "node:assert/strict";
import { test } from "node:test";

import { answer, named } from "../src/search/names";
import { nearest } from "../src/search/nearest";
import { parse } from "../src/search/query";
import { headed, quote } from "../src/search/quote";
import { type Part, rank, rankTags, readNote, type Row } from "../src/search/rank";
import { part, words } from "../src/search/words";
import { wording } from "../src/search/wording";
import table from "./words.json";

test("words, and the parts they stand in, are those of the compiler", () => {
  for (const [text, expected] of table.words) assert.deepEqual(words(text as string), expected);
  for (const [word, parts, number] of table.parts) assert.equal(part(word as string, parts as number), number, String(word));
});

test("a query has words, phrases in any quotes, and tags; its last word may go on", () => {
  const said = (text: string) => parse(text).clauses.map((clause) => clause.map(({ word, open, exact }) => word + (open ? "…" : "") + (exact ? "!" : "")));
  assert.deepEqual(said("Linear attention"), [["linear"], ["attention…"]]);
  assert.deepEqual(said("attention "), [["attention"]]);
  assert.deepEqual(said('"key value" x '), [["key!", "value!"], ["x"]]);
  assert.deepEqual(said("«ключ знач"), [["ключ!", "знач…!"]]);
  assert.deepEqual(said("“one two”"), [["one!", "two!"]]);
  assert.deepEqual(said("flash-attention"), [["flash"], ["attention…"]]);
  assert.deepEqual(parse("#Area/GPU cache"), {
    clauses: [[{ word: "cache", open: true, exact: false }]],
    tags: [{ name: "area/gpu", open: false }],
  });
  assert.deepEqual(parse(' # "" '), { clauses: [], tags: [] });
});

const ROWS: readonly Row[] = [
  ["a", "attention/Quadratic attention/", "", ["Квадратичное внимание"], ["attention"]],
  ["b", "Linear attention/", "Linear <b>attention</b>", ["Линейное внимание"], ["attention/linear"]],
  ["c", "Cache/", "", ["Память ключей"], []],
  ["d", "Mamba/", "", ["Мамба"], ["state"]],
];
const NOTES = ROWS.map(readNote);
const WORDS: Part = {
  attention: "c.4.9 d.1",
  attentive: "d.7",
  cost: "a.#2.20 c.3",
  of: "c.4 d.2",
  attends: "c.5",
  memory: "b.1.2.3.4 c.#1",
  key: "c.6",
  внимание: "d.30",
};
const found = (text: string) => rank(NOTES, parse(text), () => WORDS).map(({ note }) => note.id);

test("what a note is called counts for more than what it says", () => {
  assert.deepEqual(found("attention").slice(0, 2).sort(), ["a", "b"]);
  assert.deepEqual(found("mamba"), ["d"]);
  assert.equal(found("memory")[0], "b");
});

test("forms of a word are found in both languages, by names and by text", () => {
  assert.deepEqual(found("внимания").slice(0, 2).sort(), ["a", "b"]);
  assert.ok(found("внимания").includes("d"));
  assert.deepEqual(found("памятью"), ["c"]);
  assert.deepEqual(found("costs "), ["a", "c"]);
});

test("the last word is found by its beginning, an earlier one is not", () => {
  assert.deepEqual(found("attend"), ["c"]);
  assert.deepEqual(found("memo").sort(), ["b", "c"]);
  assert.deepEqual(found("memo "), []);
});

test("all words are asked for; where no note has all, those with the most are shown", () => {
  assert.deepEqual(found("cost memory "), ["c"]);
  assert.deepEqual(found("mamba memory cost zebra "), ["c"]);
});

test("a phrase is words one after the other, in no other form", () => {
  assert.deepEqual(found('"cost of attends"'), ["c"]);
  assert.deepEqual(found('"cost attends"'), []);
  assert.deepEqual(found('"quadratic attention"'), ["a"]);
  assert.deepEqual(found('"costs"'), []);
});

test("a tag narrows, with those below it", () => {
  assert.deepEqual(found("#attention").sort(), ["a", "b"]);
  assert.deepEqual(found("#attention cost "), ["a"]);
  assert.deepEqual(found("#lin"), []);
  const tags = [["attention", "t/", 2], ["attention/linear", "u/", 1], ["state", "v/", 1]] as const;
  assert.deepEqual(rankTags(tags, parse("#att")).map(([name]) => name), ["attention", "attention/linear"]);
  assert.deepEqual(rankTags(tags, parse("linear")).map(([name]) => name), ["attention/linear"]);
  assert.deepEqual(rankTags(tags, parse("")), []);
});

test("a note that was found by another name says which", () => {
  const [first] = rank(NOTES, parse("квадратичного внимания"), () => WORDS);
  assert.equal(first?.by?.text, "Квадратичное внимание");
  assert.equal(first?.note.title, "Quadratic attention");
  const [mixed] = rank(NOTES, parse("квадратичного cost "), () => WORDS);
  assert.deepEqual([mixed?.by?.text, mixed?.named], ["Квадратичное внимание", false]);
  assert.equal(rank(NOTES, parse("zebra"), () => WORDS).length, 0);
});

test("of two names the one that is asked for whole answers best", () => {
  const names = ["Attention of the models", "Attention"].map(named);
  assert.equal(answer(names, parse("attention").clauses)?.name.text, "Attention");
});

test("a part of the index may name notes that the table does not have, and words of any name", () => {
  const odd: Part = { constructor: "a.1 gone.2", toString: "a.2" };
  assert.deepEqual(rank(NOTES, parse("constructor "), () => odd).map(({ note }) => note.id), ["a"]);
  assert.deepEqual(rank(NOTES, parse("valueOf "), () => odd), []);
});

test("a quote is the place that says most of what was asked for", () => {
  const { clauses } = parse("memory of models");
  const sections = [
    ["", "", "Memory is cheap."],
    ["h", "A heading", `${"word ".repeat(60)}the memory of a model ${"more ".repeat(60)}`],
  ] as const;
  const said = quote(sections, clauses);
  assert.equal(said?.anchor, "h");
  assert.equal(said?.word, "memory");
  const text = said?.quote.map((piece) => (piece.marked ? `[${piece.text}]` : piece.text)).join("") ?? "";
  assert.ok(text.includes("the [memory] [of] a [model] more"), text);
  assert.ok(text.startsWith("… ") && text.endsWith(" …") && text.length < 220, text);
  assert.equal(quote(sections, parse("zebra").clauses), null);
});

test("a section answers by its heading", () => {
  const sections = [["", "", "cost"], ["c", "The cost of memory", ""], ["d", "Memory", ""]] as const;
  assert.deepEqual(headed(sections, parse("costs memory ").clauses).map(([anchor]) => anchor), ["c"]);
});

test("the search speaks the vault's language", () => {
  assert.equal(wording("ru").notes, "Заметки");
  assert.equal(wording("de").notes, "Notes");
  assert.deepEqual(Object.keys(wording("ru")), Object.keys(wording("en")));
});

test("an address that no page has leads to those with a name like it", () => {
  const rows: Row[] = [
    ["a", "attention/Sparse attention/", "", ["Разреженное внимание"]],
    ["b", "Память/"],
    ["c", "gpu/index-2/", "Tensor cores"],
    ["d", "x/", "X"],
  ];
  const found = (address: string, most = 5) => nearest(rows.map(readNote), address, most).map(({ id }) => id);
  assert.deepEqual(found("/some/where/sparse-atention/"), ["a"]);
  assert.deepEqual(found("/разреженное_внимание.html"), ["a"]);
  assert.deepEqual(found("/память/index.html"), ["b"]);
  assert.deepEqual(found("/gpu/tensor-core"), ["c"]);
  assert.deepEqual(found("/zebra"), []);
  assert.deepEqual(found("/"), []);
  assert.deepEqual(nearest([], "/x", 5), []);
});
