import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { shown } from "../src/preview/content";
import { CLOSES, Intent, OPENS } from "../src/preview/intent";
import { target } from "../src/preview/target";

const ROOT = "https://example.org/notes/";
const HERE = `${ROOT}a/b/`;

test("a link's preview lies at an address that follows from the page's", () => {
  const file = (link: string) => target(link, HERE, ROOT)?.file.slice(ROOT.length);
  assert.equal(file("../c%20d/"), "assets/vaultc/preview/a/c%20d/index.json");
  assert.equal(file("../../"), "assets/vaultc/preview/index.json");
  assert.equal(file("c.html#x"), "assets/vaultc/preview/a/b/c.json");
});

test("what is no other place in the site's pages has none", () => {
  for (const link of ["", "#", "./", "../p.png", "https://example.org/", "https://other.org/notes/a/", "mailto:a@b.c"]) {
    assert.equal(target(link, HERE, ROOT), null, link);
  }
});

test("an anchor is decoded, one of the page itself too", () => {
  assert.equal(target("#%D0%B0", HERE, ROOT)?.anchor, "а");
  assert.equal(target("../c/#100%", HERE, ROOT)?.anchor, "100%");
});

test("a section shows its words, one that is not told the page's", () => {
  const preview = { title: "T", html: "<p>t</p>", headings: [["s", "S"]] as const, sections: { s: "<p>s</p>" } };
  assert.deepEqual(shown(preview, "s"), { title: "T", section: "S", html: "<p>s</p>", headings: [] });
  assert.deepEqual(shown(preview, "toString"), shown(preview, ""));
  assert.equal(shown({ title: "T" }, ""), null);
});

test("a preview opens after a while, stays while the reader is in it, and closes after another", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const said: string[] = [];
  const intent = new Intent<string>((what) => said.push(what), () => said.push("closed"));
  intent.want("passed by");
  mock.timers.tick(OPENS - 1);
  intent.want("meant");
  mock.timers.tick(OPENS);
  assert.deepEqual(said, ["meant"]);
  intent.leave();
  mock.timers.tick(CLOSES - 1);
  intent.keep();
  mock.timers.tick(10_000);
  assert.deepEqual(said, ["meant"]);
  intent.leave();
  mock.timers.tick(CLOSES);
  intent.want("too late");
  intent.dismiss();
  mock.timers.tick(OPENS);
  assert.deepEqual(said, ["meant", "closed", "closed"]);
  mock.timers.reset();
});
