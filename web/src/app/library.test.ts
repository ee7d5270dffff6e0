import { describe, expect, it } from "vitest";
import type { PictureKind, Pictures } from "../api/types.ts";
import { Library } from "./library.ts";

class Server {
  asked: string[] = [];
  readonly pages: Record<string, Pictures>;

  constructor(pages: Record<string, Pictures>) {
    this.pages = pages;
  }

  listPictures(kind: PictureKind, query: string, cursor: string): Promise<Pictures> {
    this.asked.push(`${kind} ${query} ${cursor}`.trim());
    const page = this.pages[cursor];
    return page ? Promise.resolve(page) : Promise.reject(new Error("gone"));
  }
}

const parrot = { media: "p", kind: "emoji", name: "parrot", url: "/p" } as const;
const wave = { media: "w", kind: "emoji", name: "wave2", url: "/w" } as const;

describe("the library", () => {
  it("knows all emoji after all pages, and asks once a minute at most", async () => {
    const server = new Server({ "": { pictures: [parrot], cursor: "next" }, next: { pictures: [wave], cursor: null } });
    const library = new Library(server, "ana");
    await library.loadEmoji(1_000_000);
    expect([...library.emoji.value.keys()]).toEqual(["parrot", "wave2"]);
    await library.loadEmoji(1_059_000);
    expect(server.asked).toEqual(["emoji", "emoji  next"]);
    await library.loadEmoji(1_060_000);
    expect(server.asked).toHaveLength(4);
  });

  it("keeps what it knew where asking fails", async () => {
    const server = new Server({ "": { pictures: [parrot], cursor: null } });
    const library = new Library(server, "ana");
    await library.loadEmoji(1_000_000);
    delete server.pages[""];
    await library.loadEmoji(2_000_000);
    expect(library.emoji.value.get("parrot")).toEqual(parrot);
  });

  it("goes on past pages on which nothing was found", async () => {
    const server = new Server({ "": { pictures: [], cursor: "a" }, a: { pictures: [], cursor: "b" }, b: { pictures: [wave], cursor: null } });
    const found = await new Library(server, "ana").find("gif", "wa", "");
    expect(found).toEqual({ pictures: [wave], cursor: null });
  });

  it("forgets what can't be sent", () => {
    const library = new Library(new Server({}), "ana");
    library.used(parrot);
    library.used(wave);
    library.forget("p");
    expect(library.lately.value.map(({ media }) => media)).toEqual(["w"]);
  });
});
