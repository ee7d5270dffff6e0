import { defineConfig } from "vitest/config";

// The server under test, for `npm run dev`: the page then comes from Vite and everything else from there.
const server = process.env["TERTULIA_SERVER"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  build: {
    outDir: "../src/tertulia/static",
    emptyOutDir: true,
    target: ["chrome123", "firefox128", "safari17.5"],
    // Scripts and styles are files of their own, so that the content security policy can refuse everything inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
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
