import { join } from "node:path";
import { defineConfig } from "vitest/config";

// Real pages in Chromium against a real lab: one after the other, for they all change the same systems.
export default defineConfig({
  root: join(import.meta.dirname, ".."),
  test: {
    environment: "node",
    include: ["e2e/**/*.test.ts"],
    globalSetup: "e2e/setup.ts",
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
});
