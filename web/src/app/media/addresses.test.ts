import { describe, expect, it } from "vitest";
import type { Media } from "../../api/media.ts";
import { Addresses } from "./addresses.ts";
import { recordingType } from "./recording.ts";

describe("addresses", () => {
  const described = (media: string, asked: number, expires: number): Media => ({
    id: media, name: "x", type: "image/png", size: 1, url: `${media}?${asked}`, expires,
  });

  it("are asked for once, until shortly before they run out", async () => {
    let asked = 0;
    const addresses = new Addresses(async (media) => described(media, (asked += 1), 3600));
    expect((await addresses.get("m", 0)).url).toBe("m?1");
    expect((await addresses.get("m", 3_400_000)).url).toBe("m?1");
    expect((await addresses.get("m", 3_500_000)).url).toBe("m?2");
    expect((await addresses.renew("m")).url).toBe("m?3");
    expect((await addresses.get("m", 0)).url).toBe("m?3");
  });

  it("that could not be asked for are asked for again", async () => {
    let asked = 0;
    const addresses = new Addresses(async (media) => {
      asked += 1;
      if (asked === 1) throw new Error("no answer");
      return described(media, asked, 3600);
    });
    await expect(addresses.get("m", 0)).rejects.toThrow("no answer");
    expect((await addresses.get("m", 0)).url).toBe("m?2");
  });

  it("are bounded in number", async () => {
    let asked = 0;
    const addresses = new Addresses(async (media) => described(media, (asked += 1), 3600));
    for (let index = 0; index < 450; index += 1) await addresses.get(`m${index}`, 0);
    await addresses.get("m449", 0);
    expect(asked).toBe(450);
    await addresses.get("m0", 0);
    expect(asked).toBe(451);
  });
});

describe("what a voice note is recorded as", () => {
  const safari = "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15";
  const chromium = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

  it("is MP4 in WebKit even where it says that it can do WebM, else WebM, and whatever there is where neither", () => {
    expect(recordingType(() => true, safari)).toMatch(/^audio\/mp4/);
    expect(recordingType(() => true, chromium)).toBe("audio/webm;codecs=opus");
    expect(recordingType((type) => type === "audio/mp4", chromium)).toBe("audio/mp4");
    expect(recordingType(() => false, chromium)).toBe("");
  });
});
