import { describe, expect, it } from "vitest";
import { isComplete, nextOf, refsOf, takeOver, withFile, type Outgoing } from "./outbox.ts";
import { arrivedBytes, completed, FILES_MAX, fileOf, NAME_MAX, partRange, progressOf, refusalOf, roomFor, sentName, type OutgoingFile, type Upload } from "./uploads.ts";

const file = (upload: string, media = ""): OutgoingFile => ({ upload, media, name: "x.png", type: "image/png", size: 10, alt: "" });
const message = (id: string, conversation: string, files: readonly OutgoingFile[] = [], failed = ""): Outgoing => ({
  id, user: "ana", conversation, text: id, reply_to: 0, at: 1, tried: 0, failed, files,
});
const upload: Upload = { ...file("u"), conversation: "c", state: "sending", sent: 4, problem: "", taken: false };

describe("what may be uploaded", () => {
  it("is refused at one byte over the limit, and when it is empty, with a sentence that names it", () => {
    const said = (bytes: number) => `${bytes} B`;
    expect(refusalOf({ name: "a", size: 100 }, 100, said)).toBe("");
    expect(refusalOf({ name: "a", size: 101 }, 100, said)).toBe("“a” is too large: a file may have 100 B.");
    expect(refusalOf({ name: "a", size: 0 }, 100, said)).toBe("“a” is empty.");
  });

  it("is ten files a message, and says what is left out", () => {
    expect(roomFor(0, FILES_MAX)).toEqual({ take: FILES_MAX, problem: "" });
    expect(roomFor(8, 3)).toEqual({ take: 2, problem: "A message can have 10 files; one was left out." });
    expect(roomFor(10, 2).take).toBe(0);
  });

  it("has a name of one line, not too long, that keeps its ending", () => {
    expect(sentName("a\nb\u0000.png")).toBe("a b .png");
    expect(sentName(" ")).toBe("file");
    const long = sentName(`${"x".repeat(400)}.jpeg`);
    expect(long).toHaveLength(NAME_MAX);
    expect(long.endsWith(".jpeg")).toBe(true);
  });
});

describe("parts", () => {
  it("cover every byte once", () => {
    const size = 20;
    const ranges = [1, 2, 3].map((number) => partRange(number, 8, size));
    expect(ranges).toEqual([[0, 8], [8, 16], [16, 20]]);
  });

  it("that are missing tell how much is there", () => {
    expect(arrivedBytes([{ number: 3 }], 8, 20)).toBe(16);
    expect(arrivedBytes([{ number: 1 }, { number: 3 }], 8, 20)).toBe(8);
    expect(arrivedBytes([], 8, 20)).toBe(20);
  });
});

describe("an upload", () => {
  it("shows how far it is", () => {
    expect(progressOf(upload)).toBe(0.4);
    expect(progressOf({ ...upload, sent: 99 })).toBe(1);
    expect(progressOf({ ...upload, state: "checking" })).toBe(1);
  });

  it("has its media id for a message only when it is done, with what the server found", () => {
    expect(fileOf({ ...upload, media: "m" }).media).toBe("");
    const done = completed({ ...upload, alt: "sun" }, { id: "m", name: "x.png", type: "image/webp", size: 9, url: "", expires: 0, width: 4, height: 3, thumbhash: "h" });
    expect(fileOf(done)).toEqual({ ...file("u", "m"), alt: "sun", type: "image/webp", width: 4, height: 3, thumbhash: "h" });
  });
});

describe("the outbox with files", () => {
  it("sends nothing before its files are there, keeps a conversation's order, and holds up no other conversation", () => {
    const box = [message("1", "a", [file("u")]), message("2", "a"), message("3", "b")];
    expect(nextOf(box)?.id).toBe("3");
    expect(nextOf(box.slice(0, 2))).toBeUndefined();
    const ready = withFile(box, file("u", "m"));
    expect(nextOf(ready)?.id).toBe("1");
    expect(isComplete(ready[0]!)).toBe(true);
  });

  it("lets a refused message wait without holding up what comes after it", () => {
    expect(nextOf([message("1", "a", [file("u")], "no"), message("2", "a")])?.id).toBe("2");
  });

  it("tells the server of a file what only the sender knows", () => {
    const voice = { ...file("u", "m"), alt: "sun", voice: true, peaks: [1, 2] };
    expect(refsOf(message("1", "a", [voice, file("v", "n")]))).toEqual([{ media: "m", alt: "sun", voice: true, peaks: [1, 2] }, { media: "n" }]);
  });

  it("is left to the page that has its files, as long as that one is open", () => {
    const torn = { ...message("1", "a", [file("u")]), page: "p" };
    expect(takeOver([torn], new Set(["p"]))).toEqual([]);
  });

  it("survives a reload as far as its files were uploaded; else it says why it isn't sent", () => {
    const whole = message("1", "a", [file("u", "m")]);
    const torn = { ...message("3", "a", [file("u", "m"), file("v")]), page: "p" };
    const taken = takeOver([whole, message("2", "a"), torn], new Set(["q"]));
    expect(taken.slice(0, 2)).toEqual([whole, message("2", "a")]);
    expect(taken[2]!.failed).toMatch(/page was closed/);
  });
});
