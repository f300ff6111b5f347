import { defineConfig } from "vitest/config";

const lab = process.env["FAULTLINE_LAB"] ?? "http://127.0.0.1:21000";
const toLab = { target: lab, changeOrigin: true, headers: { origin: lab } };

export default defineConfig({
  build: { manifest: true, target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false, rolldownOptions: { checks: { moduleLevelDirective: false } } },
  server: { port: 5173, strictPort: true, proxy: { "/api": toLab, "/openapi": toLab, "/apps": toLab } },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"], restoreMocks: true },
});
