// Bundles the front end: `node build.mjs OUTPUT`. Two folders in it become theme folders: what lies under them is copied to the
// site as it is, of `bundle` or, for a site that is read from a disk, of `on-disk`. Entry points keep their names, since templates
// refer to them; everything else is named by its digest.
import { build } from "esbuild";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import subsetFont from "subset-font";

const output = process.argv[2] ? resolve(process.argv[2]) : join(import.meta.dirname, "../../compiler/vaultc/_web");

const ENTRIES = ["vaultc.ts", "early.ts", "palette.ts", "tabs.ts", "missing.ts", "style.css", "math.css"];
const entryPoints = Object.fromEntries(ENTRIES.map((name) => [name.replace(/\.\w+$/, ""), `src/${name}`]));

// Of the fonts that English and Russian need, the letters that they are asked for by the style sheet, the weights from regular to bold,
// and the features that our own style names: about half of each file.
const span = (first, last) => String.fromCodePoint(...Array.from({ length: last - first + 1 }, (_, at) => first + at));
const LETTERS = {
  latin: `${span(0x20, 0x7e)}${span(0xa0, 0xff)}ıŒœʻʼˆ˚˜${span(0x2000, 0x206f)}€™${span(0x2190, 0x2193)}−∕`,
  cyrillic: `\u0301${span(0x400, 0x45f)}ҐґҰұ№`,
};
const FEATURES = ["ccmp", "kern", "liga", "lnum", "locl", "mark", "mkmk", "onum", "pnum", "tnum"];
const fonts = new Map();

async function lean(path, script) {
  const variationAxes = { wght: { min: 400, max: 700 } };
  return subsetFont(await readFile(path), LETTERS[script], { targetFormat: "woff2", keepFeatures: FEATURES, variationAxes });
}

const leanFonts = {
  name: "lean-fonts",
  setup({ onLoad }) {
    onLoad({ filter: /-(?:latin|cyrillic)-wght-\w+\.woff2$/ }, async ({ path }) => {
      if (!fonts.has(path)) fonts.set(path, lean(path, /-(\w+)-wght-/.exec(path)[1]));
      return { contents: await fonts.get(path), loader: "file" };
    });
  },
};

const options = {
  absWorkingDir: import.meta.dirname,
  entryNames: "[name]",
  assetNames: "fonts/[name]-[hash]",
  bundle: true,
  target: "es2022",
  minify: true,
  legalComments: "linked",
  loader: { ".woff2": "file" },
  external: ["*.woff", "*.ttf"],
  logLevel: "warning",
  plugins: [leanFonts],
};

await build({
  ...options,
  entryPoints,
  outdir: join(output, "bundle/assets/vaultc"),
  chunkNames: "chunks/[name]-[hash]",
  splitting: true,
  format: "esm",
});

// For a site that is read from a disk, where a browser takes plain scripts alone: each is whole, and Mermaid is one of its own.
const onDisk = {
  name: "on-disk",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/mermaid$/ }, ({ resolveDir }) => ({ path: join(resolveDir, "on-disk/mermaid.ts") }));
  },
};
const disk = {
  ...options,
  outdir: join(output, "on-disk/assets/vaultc"),
  format: "iife",
  // As if it lay where the parts of the other bundle do.
  banner: { js: 'var vaultcPart=new URL("chunks/",document.currentScript.src).href;' },
  define: { "import.meta.url": "vaultcPart" },
};
const { missing: _, vaultc: __, ...others } = entryPoints;
await build({ ...disk, entryPoints: { ...others, vaultc: "src/on-disk/vaultc.ts" }, plugins: [onDisk, leanFonts] });
await build({ ...disk, entryPoints: { mermaid: "mermaid" }, globalName: "vaultcMermaid" });
