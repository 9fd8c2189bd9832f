// Bundles each entry into one committed file of ../tuika/web/static. `--check` only says whether they are the same.
// The output holds no date, path or random name, so that the same sources always give the same bytes.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.env.TUIKA_STATIC ?? join(here, "..", "tuika", "web", "static");
const TARGET = ["chrome100", "firefox100", "safari15.4"];
const entries = { widget: "src/widget/main.ts" };

/** A style sheet is imported as its minified text: it goes into the shadow root, never into the page. */
const styles = {
  name: "styles",
  setup(builder) {
    builder.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const { code } = await transform(text, { loader: "css", minify: true, target: TARGET });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

/** Takes the indentation out of templates. What stands between two tags on two lines is no space to see. */
const templates = {
  name: "templates",
  setup(builder) {
    builder.onLoad({ filter: /src\/(parts|widget)\/.*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const tight = text
        .replace(/(>|\})\s*\n\s*(<|\$\{)/g, "$1$2")
        .replace(/("|\})\s*\n\s+([@.?]?[a-z-]+=)/g, "$1 $2");
      return { contents: tight, loader: "ts" };
    });
  },
};

const made = await build({
  absWorkingDir: here,
  entryPoints: entries,
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target: TARGET,
  charset: "utf8",
  legalComments: "none",
  banner: { js: "/*! Tuika, Apache-2.0; contains Lit, BSD-3-Clause, (c) Google LLC */" },
  plugins: [styles, templates],
  write: false,
});

const checking = process.argv.includes("--check");
let same = true;
await mkdir(out, { recursive: true });
for (const file of made.outputFiles) {
  const known = await readFile(file.path, "utf8").catch(() => "");
  if (known === file.text) continue;
  same = false;
  if (!checking) await writeFile(file.path, file.text);
  console.log(`${checking ? "differs" : "built"}: ${file.path.slice(out.length + 1)}`);
}
if (checking && !same) {
  console.error("the committed build is not what the sources give: run `npm run build` in frontend/");
  process.exit(1);
}
