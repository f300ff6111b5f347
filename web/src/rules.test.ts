import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

// The rules of the house for web/, as tests: see docs/design/ui.md and docs/internals/repository-rules.md.
const root = join(import.meta.dirname, ".");
const componentLinesMax = 150;

interface Source {
  path: string;
  text: string;
}

const sources: Source[] = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(ts|tsx|css)$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))
  .map((path) => ({ path: path.slice(root.length + 1), text: readFileSync(path, "utf8") }));

const code = sources.filter((source) => /\.tsx?$/.test(source.path) && !/\.test\.tsx?$/.test(source.path) && !source.path.startsWith("api/generated/"));
const pageOf = (path: string) => /^pages\/(\w+)\//.exec(path)?.[1];
const importsOf = (source: Source) => [...source.text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((match) => join(source.path, "..", match[1] ?? ""));

/** A colour that is not a token: hexadecimal, a function, or a name where a colour stands. */
export const literalColour = /#[0-9a-f]{3,8}\b|\b(?:rgb|rgba|hsl|hsla|oklch|lab|color)\(|:\s*(?:white|black|red|green|blue|gray|grey|orange|purple|yellow)\b/i;

/** An address outside the lab; `url(#head)` names a part of the same picture. */
export const elsewhere = /https?:\/\/|@import|url\((?!#)/;

describe("the rules of the house", () => {
  it("has something to look at", () => expect(code.length).toBeGreaterThan(60));

  it("names colours in the tokens only", () => {
    const found = sources.filter((source) => source.path.endsWith(".css") && source.path !== "theme/tokens.css" && literalColour.test(source.text));
    expect(found.map((source) => source.path)).toEqual([]);
  });

  it("notices a literal colour", () => {
    for (const line of ["color: #fff;", "color: rgb(1 2 3);", "background: white;"]) expect(literalColour.test(line)).toBe(true);
    for (const line of ["color: var(--ink);", "white-space: nowrap;", "grid-area: bar;"]) expect(literalColour.test(line)).toBe(false);
  });

  it("uses tokens that exist", () => {
    const tokens = sources.find((source) => source.path === "theme/tokens.css")?.text ?? "";
    const local = new Set(["--columns", "--column"]);
    const used = sources.flatMap((source) => [...source.text.matchAll(/var\((--[a-z-]+(?:-\d)?)\)/g)].map((match) => match[1] ?? ""));
    expect([...new Set(used)].filter((name) => !local.has(name) && !tokens.includes(`${name}:`))).toEqual([]);
  });

  it("gives both themes every colour", () => {
    const tokens = sources.find((source) => source.path === "theme/tokens.css")?.text ?? "";
    const [light = "", dark = ""] = tokens.split(":root[data-theme=");
    const colours = [...light.matchAll(/(--[\w-]+): (?:#|rgb|0 )/g)].map((match) => match[1] ?? "");
    expect(colours.filter((name) => !dark.includes(`${name}:`))).toEqual([]);
  });

  it("lets no page import another, and no part a page", () => {
    const wrong = code.flatMap((source) =>
      importsOf(source)
        .filter((target) => pageOf(`${target}/`) !== undefined)
        .filter((target) => (pageOf(source.path) ? pageOf(`${target}/`) !== pageOf(source.path) : /^(parts|live|api|theme|text|router|shell)\//.test(source.path)))
        .map((target) => `${source.path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it("calls fetch in one folder only", () => {
    expect(code.filter((source) => /\bfetch\(/.test(source.text)).map((source) => source.path).filter((path) => !path.startsWith("api/"))).toEqual([]);
  });

  it("keeps components short", () => {
    expect(code.filter((source) => source.path.endsWith(".tsx") && source.text.split("\n").length > componentLinesMax).map((source) => source.path)).toEqual([]);
  });

  it("has no 'any'", () => {
    const withoutTexts = (source: Source) => source.text.replace(/"[^"\n]*"/g, '""');
    expect(code.filter((source) => /(?::|<|as)\s*any\b/.test(withoutTexts(source))).map((source) => source.path)).toEqual([]);
  });

  it("loads nothing from elsewhere", () => {
    expect(sources.filter((source) => elsewhere.test(source.text) && !/\.test\.tsx?$/.test(source.path)).map((source) => source.path)).toEqual([]);
  });

  it("notices an address that is not the lab's", () => {
    for (const line of ['fetch("https://example.org")', '@import "x.css";', "background: url(picture.png);"]) expect(elsewhere.test(line)).toBe(true);
    for (const line of ['markerEnd="url(#head)"', 'fetch("/api/map")']) expect(elsewhere.test(line)).toBe(false);
  });
});
