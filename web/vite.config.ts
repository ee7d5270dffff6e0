import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import type { Plugin } from "vite";

// The server under test, for `npm run dev`: the page then comes from Vite and everything else from there.
const server = process.env["TERTULIA_SERVER"] ?? "http://127.0.0.1:8080";

const WORKER = "sw.js";
const INITIAL = "initial";

/** Tells the service worker which files the build has; their names hold their hashes, so each build's worker is another. */
function shell(): Plugin {
  return {
    name: "tertulia-shell",
    enforce: "post",
    generateBundle(_, bundle) {
      const worker = bundle[WORKER];
      if (worker?.type !== "chunk") return;
      const files = Object.keys(bundle).filter((name) => name.startsWith("assets/")).sort().map((name) => `/${name}`);
      const version = createHash("sha256").update(files.join()).digest("hex").slice(0, 16);
      worker.code = worker.code.replace(/(["'`])__SHELL__\1/, JSON.stringify(files)).replace("__VERSION__", version);
    },
  };
}

/** What the worker shares with the page is in both: a worker of the classic kind can't load parts. */
function alone(): Plugin {
  return {
    name: "tertulia-alone",
    enforce: "pre",
    async resolveId(source, importer) {
      if (!importer || !/\/worker\/service-worker\.ts$|\?alone$/.test(importer)) return null;
      const found = await this.resolve(source, importer.replace(/\?alone$/, ""), { skipSelf: true });
      return found && `${found.id}?alone`;
    },
  };
}

/** All that the first screen needs is one file: a page that is opened waits for each. */
function isInitial(): (id: string, context: { getModuleInfo(id: string): { importedIds: readonly string[] } | null }) => string | null {
  const main = fileURLToPath(new URL("src/main.tsx", import.meta.url));
  const found = new Set<string>();
  return (id, context) => {
    const look = (module: string): void => {
      if (found.has(module)) return;
      found.add(module);
      context.getModuleInfo(module)?.importedIds.forEach(look);
    };
    look(main);
    return id !== main && found.has(id) ? INITIAL : null;
  };
}

/** Has that file compiled whole beside the page's own thread, which then need not do it function by function (V8's explicit compile hints). */
function eager(): Plugin {
  return {
    name: "tertulia-eager",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        for (const chunk of Object.values(bundle)) {
          if (chunk.type === "chunk" && chunk.name === INITIAL) chunk.code = `//# allFunctionsCalledOnLoad\n${chunk.code}`;
        }
      },
    },
  };
}

export default defineConfig({
  plugins: [alone(), shell(), eager()],
  build: {
    outDir: "../src/tertulia/static",
    emptyOutDir: true,
    target: ["chrome123", "firefox128", "safari17.5"],
    // Scripts and styles are files of their own, so that the content security policy can refuse everything inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    rolldownOptions: {
      input: { index: "index.html", worker: "worker/service-worker.ts" },
      output: {
        advancedChunks: { groups: [{ name: isInitial() }] },
        // The worker's name stays, and it stands at the top, or it couldn't answer for the whole page.
        entryFileNames: (chunk) => (chunk.name === "worker" ? WORKER : "assets/[name]-[hash].js"),
      },
    },
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": { target: server },
      "/config.json": { target: server },
      "/ws": { target: server, ws: true },
    },
  },
  test: {
    include: ["src/**/*.test.ts", "src/**/*.test.tsx"],
    environment: "node",
  },
});
