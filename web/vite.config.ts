import { defineConfig } from "vitest/config";

// The server's Content-Security-Policy allows neither inline scripts nor inline styles nor data: fonts:
// everything is a file of its own.
export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
  test: { include: ["tests/unit/**/*.test.ts"], environment: "node" },
});
