import { expect, it } from "vitest";
import { addressToPlay } from "./playable.ts";

const media = { id: "m", name: "a.webm", type: "video/webm", size: 1, url: "sent", expires: 0 };
const made = { ...media, playable: "made" };

it("what is played is what was sent, unless the browser can't and there is another form", () => {
  expect(addressToPlay(made, false, () => true)).toBe("sent");
  expect(addressToPlay(made, false, () => false)).toBe("made");
  expect(addressToPlay(made, true, () => true)).toBe("made");
  expect(addressToPlay(media, true, () => false)).toBe("sent");
});
