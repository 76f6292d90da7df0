/** Builds the console (web/) into dist/console: hashed files, a manifest, nothing inline, so that the strictest CSP holds. */
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

import { schemasLeftOut } from "./scripts/schemas-left-out.ts";
import { CONTENT_SECURITY_POLICY } from "./src/platform/security-headers.ts";

const api = { "/api/": process.env["POSTERN_URL"] ?? "http://localhost:8080" };

/** Style sheets arrive in the order the browser needs them; whichever comes first has to say which layer wins. */
function layersFirst(): Plugin {
  return {
    name: "layers-first",
    enforce: "pre",
    transform: (code, id) =>
      /^[^?]+\.css$/.test(id) ? { code: `@layer reset, tokens, base, parts, pages;\n${code}`, map: null } : undefined,
  };
}

export default defineConfig({
  root: "web",
  plugins: [layersFirst(), react(), schemasLeftOut()],
  build: {
    outDir: "../dist/console",
    emptyOutDir: true,
    manifest: "manifest.json",
    // Inlined assets would be data: addresses, which the policy refuses.
    assetsInlineLimit: 0,
    // The first browsers with light-dark(), cascade layers, nesting, passkeys as JSON and Temporal-free Intl zones.
    target: ["chrome129", "firefox130", "safari18.2"],
    modulePreload: { polyfill: false },
    // What is below src has no effect at import (src/architecture.test.ts): what nobody uses of it is not shipped.
    rolldownOptions: { treeshake: { moduleSideEffects: [{ test: /\/src\//, sideEffects: false }] } },
    chunkSizeWarningLimit: 700,
  },
  css: { modules: { generateScopedName: "[name]-[local]-[hash:base64:5]" } },
  server: { proxy: api },
  // The policy the server sends, so that a breach is seen before it is shipped.
  preview: { proxy: api, headers: { "Content-Security-Policy": CONTENT_SECURITY_POLICY, "X-Content-Type-Options": "nosniff" } },
});
