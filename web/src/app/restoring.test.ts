import { expect, test, vi } from "vitest";
import { ApiError, NoAnswer } from "../api/errors.ts";
import type { Media } from "../api/media.ts";
import { Uploads, type UploadPorts } from "./media/uploads.ts";
import { notices } from "./notices.ts";
import { adopt } from "./restoring.ts";

const media = (id: string): Media => ({ id, name: `${id}.webm`, type: "audio/webm", size: 9, url: "u", expires: 0, duration: 2 });
const uploads = (): Uploads => new Uploads({} as UploadPorts);

test("files of another device are there as if they had been uploaded here, once", async () => {
  const all = uploads();
  const ask = vi.fn(async (id: string) => media(id));
  const refs = [{ media: "a", voice: true, peaks: [1, 2] }, { media: "b", alt: "words" }];
  for (let time = 0; time < 2; time += 1) expect(await adopt(all, ask, "c", refs)).toBe(true);
  expect(ask).toHaveBeenCalledTimes(2);
  const [voice, other] = all.draft("c").value;
  expect(voice).toMatchObject({ media: "a", state: "done", voice: true, peaks: [1, 2], duration: 2, size: 9 });
  expect(other).toMatchObject({ media: "b", alt: "words" });
  expect(all.take("c").map((file) => file.media)).toEqual(["a", "b"]);
});

test("a file that is gone is told; without an answer nothing is known, and it is asked for again", async () => {
  const all = uploads();
  const gone = async (): Promise<Media> => {
    throw new ApiError({ status: 404, code: "media_not_found" });
  };
  const silent = async (): Promise<Media> => {
    throw new NoAnswer();
  };
  expect(await adopt(all, silent, "c", [{ media: "a" }])).toBe(false);
  expect(notices.value).toEqual([]);
  expect(await adopt(all, gone, "c", [{ media: "a" }])).toBe(true);
  expect(all.all.value).toEqual([]);
  expect(notices.value.map((notice) => notice.text)).toEqual([expect.stringMatching(/isn’t kept any more/)]);
});
