// Bundles src/ into the one module that the integration serves.
//
//   node build.mjs           writes it
//   node build.mjs --check   says whether the one that is checked in is made from these sources
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const FOLDER = new URL("../custom_components/room_bookings/www/", import.meta.url);
const OUTPUT = fileURLToPath(new URL("room-bookings.js", FOLDER));
// Every page of Home Assistant loads it.
const MOST_BYTES = 60_000;

/** Markup is indented for its readers; between and in tags, browsers need none of that. */
const markup = {
  name: "markup",
  setup(bundler) {
    bundler.onLoad({ filter: /\/frontend\/src\/.*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const contents = source
        .replaceAll(/>\s*\n\s*(?=<|\$\{)/g, ">")
        .replaceAll(/\n\s+(?=<\/|>)/g, "")
        .replaceAll(/\n\s+(?=<|\$\{|[@?.\w-]+=["$])/g, " ");
      return { contents, loader: "ts" };
    });
  },
};

/** Styles lie in files of their own, and become strings without white space. */
const styles = {
  name: "styles",
  setup(bundler) {
    bundler.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), {
        loader: "css",
        minify: true,
        // Nested rules and logical properties are what Home Assistant's own browsers know.
        target: "es2022",
      });
      return { contents: code, loader: "text" };
    });
  },
};

// The module, and beside it the licences of what is bundled.
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL("src/index.ts", import.meta.url))],
  outfile: OUTPUT,
  bundle: true,
  charset: "utf8",
  format: "esm",
  legalComments: "linked",
  minify: true,
  plugins: [markup, styles],
  target: "es2022",
  write: false,
});

const size = outputFiles.find(({ path }) => path === OUTPUT).contents.length;
console.log(`room-bookings.js: ${size} bytes of ${MOST_BYTES}`);
if (size >= MOST_BYTES) {
  console.error("That is too much for every page.");
  process.exit(1);
}
for (const { path, contents } of outputFiles) {
  if (!process.argv.includes("--check")) await writeFile(path, contents);
  else if (!(await readFile(path)).equals(contents)) {
    console.error(`${path} is not made from these sources: run scripts/frontend`);
    process.exitCode = 1;
  }
}
