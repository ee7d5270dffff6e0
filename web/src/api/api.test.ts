import { describe, expect, it } from "vitest";
import { backoff } from "../realtime/backoff.ts";
import { socketAddress } from "./config.ts";
import { newId } from "./ids.ts";

describe("ids", () => {
  it("are UUIDs of version 7, and later ones sort later", () => {
    const ids = [1_700_000_000_000, 1_700_000_000_001, 1_800_000_000_000].map((now) => newId(now, new Uint8Array(10).fill(255)));
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect([...ids].sort()).toEqual(ids);
    expect(ids[0]!.slice(0, 13).replace("-", "")).toBe((1_700_000_000_000).toString(16).padStart(12, "0"));
  });

  it("differ", () => {
    expect(new Set(Array.from({ length: 1000 }, () => newId(5))).size).toBe(1000);
  });
});

describe("the address of the WebSocket", () => {
  it.each([
    ["/ws", "http://localhost:8080/c/x", "ws://localhost:8080/ws"],
    ["/ws", "https://chat.example/", "wss://chat.example/ws"],
    ["wss://api.example/live", "https://chat.example/", "wss://api.example/live"],
    ["https://api.example/live", "https://chat.example/", "wss://api.example/live"],
  ])("from %s on %s is %s", (ws, page, address) => {
    expect(socketAddress(ws, page)).toBe(address);
  });
});

describe("waiting before the next try", () => {
  it("is random over a range that doubles up to half a minute", () => {
    expect([1, 2, 3, 7, 8, 1000].map((failures) => backoff(failures, 1))).toEqual([500, 1000, 2000, 30_000, 30_000, 30_000]);
    expect(backoff(5, 0)).toBe(0);
  });
});
