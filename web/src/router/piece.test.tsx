import { cleanup, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, describe, expect, it } from "vitest";
import { piece } from "./piece";

afterEach(cleanup);

const module = { default: () => <p>here</p> };
const shown = (Piece: ReturnType<typeof piece>) => render(<Suspense fallback={<p>waits</p>}><Piece /></Suspense>);

describe("a piece of the workbench", () => {
  it("waits behind a fallback when nobody fetched it before", async () => {
    shown(piece(() => Promise.resolve(module)));
    expect(screen.getByText("waits")).toBeTruthy();
    expect(await screen.findByText("here")).toBeTruthy();
  });

  it("is drawn at once when it has arrived", async () => {
    const arrived = piece(() => Promise.resolve(module));
    await arrived.arrive();
    shown(arrived);
    expect(screen.queryByText("waits")).toBeNull();
    expect(screen.getByText("here")).toBeTruthy();
  });

  it("tells whoever fetched it that it could not be had", async () => {
    await expect(piece(() => Promise.reject(new Error("gone"))).arrive()).rejects.toThrow("gone");
  });
});
