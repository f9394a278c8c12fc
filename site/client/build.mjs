// Bundles the front end: `node build.mjs OUTPUT`. OUTPUT becomes a theme folder: what lies under it is copied to the
// site as it is. Entry points keep their names, since templates refer to them; everything else is named by its digest.
import { build } from "esbuild";
import { join, resolve } from "node:path";

const output = process.argv[2] ? resolve(process.argv[2]) : join(import.meta.dirname, "../../compiler/vaultc/_web/bundle");

await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: { vaultc: "src/vaultc.ts", early: "src/early.ts", style: "src/style.css", math: "src/math.css" },
  outdir: join(output, "assets/vaultc"),
  entryNames: "[name]",
  chunkNames: "chunks/[name]-[hash]",
  assetNames: "fonts/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "linked",
  loader: { ".woff2": "file" },
  external: ["*.woff", "*.ttf"],
  logLevel: "warning",
});
