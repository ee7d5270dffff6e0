import { describe, expect, it } from "vitest";
import { houseAddress } from "./house.ts";
import { speak } from "../words/index.ts";
import { altOf, customName, isFresh, lately, LATELY_MAX, outgoingOf, shows, tagsOf, type Picture } from "./pictures.ts";

function picture(media: string, more: Partial<Picture> = {}): Picture {
  return { media, kind: "sticker", name: media, url: `/x/${media}`, ...more };
}

describe("pictures of the library", () => {
  it("have their names between colons", () => {
    expect(customName(":party_parrot:")).toBe("party_parrot");
    expect(customName("🎉")).toBe("");
    expect(customName(":Not:")).toBe("");
  });

  it("of our own are files of the page", () => {
    expect(houseAddress("house-thumbs-up")).toBe("/stickers/thumbs-up.svg");
    expect(houseAddress("house-../x")).toBe("");
    expect(houseAddress("abc")).toBe("");
    expect(altOf({ media: "house-cup", alt: "", name: "cup" })).toBe("A steaming cup of coffee");
    expect(altOf({ media: "abc", alt: "", name: "bird" })).toBe("bird");
  });

  it("are found by what they show in the reader's language", async () => {
    await speak("es", ["es-ES"]);
    const cat = { media: "house-cool", name: "cool", alt: "A cat with sunglasses" };
    expect(shows(cat, "GATO gaf")).toBe(true);
    expect(shows(cat, "cat")).toBe(false);
    await speak("en", ["en-US"]);
    expect(shows(cat, "sun")).toBe(true);
    expect(shows(picture("Café_au lait"), "cafe LA")).toBe(true);
  });

  it("are sent by reference", () => {
    const sent = outgoingOf(picture("m", { kind: "gif", alt: "a dance", width: 3, height: 2, animated: true }), "u");
    expect(sent).toMatchObject({ upload: "u", media: "m", library: "gif", alt: "a dance", width: 3, animated: true });
    expect(outgoingOf(picture("m"), "u").alt).toBe("m");
  });

  it("have addresses that end", () => {
    expect(isFresh({}, 5e12)).toBe(true);
    expect(isFresh({ expires: 1000 }, 800_000)).toBe(true);
    expect(isFresh({ expires: 1000 }, 900_000)).toBe(false);
  });

  it("are remembered without addresses, the latest first, so many of a kind", () => {
    let kept: Picture[] = [picture("gif", { kind: "gif" })];
    for (let n = 0; n < LATELY_MAX + 3; n += 1) kept = lately(kept, picture(`s${n}`));
    kept = lately(kept, picture("s9"));
    expect(kept.slice(0, 2).map(({ media }) => media)).toEqual(["s9", `s${LATELY_MAX + 2}`]);
    expect(kept.filter(({ kind }) => kind === "sticker")).toHaveLength(LATELY_MAX);
    expect(kept.at(-1)?.media).toBe("gif");
    expect(kept[0]?.url).toBe("");
  });

  it("have tags as people type them", () => {
    expect(tagsOf("#joy, dance  joy")).toEqual(["joy", "dance"]);
    expect(tagsOf(" ")).toEqual([]);
  });
});
