import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, NoAnswer } from "../../api/errors.ts";
import type { Media, MediaPart } from "../../api/media.ts";
import type { OutgoingFile } from "../../state/uploads.ts";
import { Uploads } from "./uploads.ts";

const PART = 8;

/** A server that takes files whole up to one part, and larger ones in parts; it keeps what came. */
class Server {
  readonly announced: { name: string; type: string; size: number }[] = [];
  readonly parts = new Map<string, Map<number, string>>();
  readonly puts: string[] = [];
  /** What the next contents meet; absent: they arrive. `lost`: they arrive and the answer doesn't. */
  plan: (Error | "lost" | "wait")[] = [];
  completing: (Error | undefined)[] = [];
  release: () => void = () => undefined;

  announce = async (file: { name: string; type: string; size: number }) => {
    this.announced.push(file);
    const id = `m${this.announced.length}`;
    this.parts.set(id, new Map());
    if (file.size <= PART) return { id, method: "PUT", url: `${id}/1`, headers: {}, expires: 0 };
    return { id, expires: 0, part_bytes: PART, parts: this.addresses(id, file.size) };
  };

  missing = async (id: string) => {
    const { size } = this.announced[Number(id.slice(1)) - 1]!;
    return { id, expires: 0, arrived: [...this.parts.get(id)!.keys()], part_bytes: PART, parts: this.addresses(id, size).filter((part) => !this.parts.get(id)!.has(part.number)) };
  };

  /** Of each completed upload, the poster that was named with it. */
  readonly posters = new Map<string, string>();
  frame = async (film: Blob): Promise<Blob | null> => (await film.text()) === "film" ? new Blob(["frame"], { type: "image/jpeg" }) : null;

  complete = async (id: string, poster: string): Promise<Media> => {
    this.posters.set(id, poster);
    const problem = this.completing.shift();
    if (problem) throw problem;
    const file = this.announced[Number(id.slice(1)) - 1]!;
    if (this.content(id).length !== file.size) throw new ApiError({ status: 409, code: "upload_incomplete" });
    return { id, ...file, url: id, expires: 0 };
  };

  put = async ({ url }: { url: string }, content: Blob, onSent: (bytes: number) => void, signal: AbortSignal) => {
    const [id, number] = url.split("/") as [string, string];
    this.puts.push(url);
    const next = this.plan.shift();
    if (next instanceof Error) throw next;
    onSent(content.size / 2);
    if (next === "wait") {
      await new Promise<void>((resolve, reject) => {
        this.release = resolve;
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    }
    this.parts.get(id)!.set(Number(number), await content.text());
    if (next === "lost") throw new NoAnswer();
    onSent(content.size);
  };

  content(id: string): string {
    return [...this.parts.get(id)!].sort(([one], [other]) => one - other).map(([, text]) => text).join("");
  }

  private addresses(id: string, size: number): MediaPart[] {
    const count = Math.ceil(size / PART);
    return Array.from({ length: count }, (_, index) => ({ number: index + 1, method: "PUT", url: `${id}/${index + 1}`, headers: {} }));
  }
}

const file = (content: string, name = "x.txt", type = "text/plain") => new File([content], name, { type });

let server: Server;
let changes: [OutgoingFile, string][];
let uploads: Uploads;
let limits: { bytes_max?: number } = {};

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 100 });
  server = new Server();
  changes = [];
  limits = {};
  uploads = new Uploads({ ...portsOf(server), changed: (changed, problem) => changes.push([changed, problem]), limits: () => limits });
});

afterEach(() => {
  uploads.stop();
  vi.useRealTimers();
});

function portsOf({ announce, missing, complete, frame, put }: Server) {
  return { announce, missing, complete, frame, put };
}

const states = () => uploads.all.value.map((upload) => upload.state);
const settled = (...wanted: string[]) => vi.waitFor(() => expect(states()).toEqual(wanted), { timeout: 20_000 });

describe("uploads", () => {
  it("send a small file whole, and tell its id", async () => {
    expect(uploads.add("c", [file("hello")])).toEqual([]);
    await settled("done");
    expect(server.content("m1")).toBe("hello");
    expect(changes).toEqual([[expect.objectContaining({ media: "m1" }), ""]]);
    expect(uploads.draft("c").value.map((upload) => upload.sent)).toEqual([5]);
  });

  it("send a large file in parts, and after a lost connection only what is missing", async () => {
    server.plan = [undefined as never, "lost", new NoAnswer()];
    const content = "aaaaaaaabbbbbbbbccccccccdd";
    uploads.add("c", [file(content)]);
    await settled("done");
    expect(server.content("m1")).toBe(content);
    expect(server.puts).toEqual(["m1/1", "m1/2", "m1/3", "m1/3", "m1/4"]);
    expect(server.announced).toHaveLength(1);
  });

  it("take an answer that was lost for what it was: the file is there", async () => {
    server.plan = ["lost", new ApiError({ status: 409, code: "upload_incomplete" })];
    uploads.add("c", [file("hello")]);
    await settled("done");
    expect(server.announced).toHaveLength(1);
  });

  it("announce again where an address has run out", async () => {
    server.plan = [new ApiError({ status: 404, code: "media_not_found" })];
    uploads.add("c", [file("hello")]);
    await settled("done");
    expect(changes[0]![0].media).toBe("m2");
  });

  it("name a film's poster, which goes before it, once; what gives none is sent without", async () => {
    server.completing = [undefined, new NoAnswer()];
    uploads.add("c", [file("film", "a.mp4", "video/mp4")]);
    await settled("done");
    expect(server.content("m2")).toBe("frame");
    expect(server.announced.map(({ type }) => type)).toEqual(["video/mp4", "image/jpeg"]);
    expect([...server.posters]).toEqual([["m2", ""], ["m1", "m2"]]);
    uploads.add("d", [file("other", "b.mp4", "video/mp4"), file("text")]);
    await settled("done", "done", "done");
    expect(server.posters.get("m3")).toBe("");
    expect(server.announced).toHaveLength(4);
  });

  it("send a film without its poster where that is refused", async () => {
    server.completing = [new ApiError({ status: 400, code: "media_broken" })];
    uploads.add("c", [file("film", "a.mp4", "video/mp4")]);
    await settled("done");
    expect(server.posters.get("m1")).toBe("");
  });

  it("stop when the server refuses, with its sentence; a retry begins again", async () => {
    server.completing = [new ApiError({ status: 400, code: "media_broken", detail: "It is damaged." })];
    uploads.add("c", [file("hello")]);
    await settled("failed");
    expect(uploads.all.value[0]!.problem).toBe("It is damaged.");
    expect(changes.at(-1)![1]).toBe("“x.txt”: It is damaged.");
    uploads.retry(uploads.all.value[0]!.upload);
    await settled("done");
  });

  it("give up for now without a connection, and go on when there is one", async () => {
    server.plan = Array.from({ length: 9 }, () => new NoAnswer());
    uploads.add("c", [file("hello")]);
    for (let waits = 0; waits < 9; waits += 1) await vi.advanceTimersByTimeAsync(30_000);
    expect(states()).toEqual(["lost"]);
    expect(server.puts).toHaveLength(9);
    uploads.resume();
    await settled("done");
  });

  it("send two at a time", async () => {
    server.plan = ["wait", "wait"];
    uploads.add("c", [file("one"), file("two"), file("three")]);
    await settled("sending", "sending", "waiting");
    expect(server.puts).toHaveLength(2);
    server.release();
    await vi.waitFor(() => expect(server.puts).toHaveLength(3));
  });

  it("that are cancelled are stopped and forgotten, and make room", async () => {
    server.plan = ["wait", "wait"];
    uploads.add("c", [file("one"), file("two"), file("three")]);
    await vi.waitFor(() => expect(server.puts).toHaveLength(2));
    for (const upload of uploads.all.value.slice(0, 2)) uploads.cancel(upload.upload);
    await settled("done");
    expect(server.content("m3")).toBe("three");
    expect(changes.map(([changed]) => changed.media)).toEqual(["m3"]);
  });

  it("of each conversation stay with it, until a message takes them", async () => {
    uploads.add("c", [file("one")]);
    uploads.add("d", [file("two")]);
    await settled("done", "done");
    expect(uploads.draft("c").value).toHaveLength(1);
    const taken = uploads.take("c");
    expect(taken.map((each) => each.media)).toEqual(["m1"]);
    expect(uploads.draft("c").value).toEqual([]);
    expect(uploads.draft("d").value).toHaveLength(1);
    uploads.giveBack(taken);
    expect(uploads.draft("c").value).toHaveLength(1);
    uploads.settled(["m1"]);
    expect(uploads.draft("c").value, "what is being written again isn't sent").toHaveLength(1);
    uploads.take("c");
    uploads.settled(["m1"]);
    expect(uploads.all.value.map((upload) => upload.conversation)).toEqual(["d"]);
  });

  it("refuse what is too large or empty, and take the rest", async () => {
    limits = { bytes_max: 5 };
    const problems = uploads.add("c", [file("123456", "big.txt"), file("", "none.txt"), file("12345", "fits.txt")]);
    expect(problems).toEqual(["“big.txt” is too large: a file may have 5 bytes.", "“none.txt” is empty."]);
    await settled("done");
    expect(server.announced).toEqual([{ name: "fits.txt", type: "text/plain", size: 5 }]);
  });

  it("say of a file that an earlier page had that it is gone", () => {
    const gone: OutgoingFile = { upload: "u", media: "", name: "x", type: "", size: 1, alt: "" };
    uploads.again([gone]);
    expect(changes).toEqual([[gone, "The page was closed before its files were uploaded."]]);
  });

  it("announce a type without parameters, and none that is no type", async () => {
    uploads.addVoice("c", new Blob(["x"], { type: "audio/webm;codecs=opus" }), "v.webm", { peaks: [1] });
    uploads.add("c", [file("y", "y", "nonsense")]);
    await settled("done", "done");
    expect(server.announced.map((each) => each.type).sort()).toEqual(["application/octet-stream", "audio/webm"]);
  });
});
