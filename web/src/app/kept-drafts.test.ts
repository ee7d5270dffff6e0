import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, NoAnswer } from "../api/errors.ts";
import type { KeepDraft, KeptDraft } from "../api/types.ts";
import type { Upload } from "../state/uploads.ts";
import { Drafts } from "./drafts.ts";
import { followFiles, KeptDrafts, PAUSE } from "./kept-drafts.ts";
import { settings } from "./settings.ts";

/** What a server keeps of one person, and the devices that it tells. */
class Server {
  readonly kept = new Map<string, KeptDraft>();
  readonly devices: Device[] = [];
  saves: string[] = [];
  lists = 0;
  problem: Error | null = null;
  /** Called when a save came, before it is answered. */
  meanwhile: () => void = () => undefined;
  private clock = Date.now() * 1000;

  readonly keep = async (conversation: string, body: KeepDraft) => {
    this.saves.push(body.text ?? "");
    if (this.problem) throw this.problem;
    const timestamp = (this.clock += 1);
    if (body.text || body.attachments?.length) this.kept.set(conversation, { conversation, timestamp, ...body });
    else this.kept.delete(conversation);
    for (const { sync } of this.devices) sync.heard({ type: "kept_draft", conversation, timestamp });
    this.meanwhile();
    return { timestamp };
  };

  readonly list = async () => {
    this.lists += 1;
    return { drafts: [...this.kept.values()] };
  };
}

interface Device {
  readonly drafts: Drafts;
  readonly sync: KeptDrafts;
  readonly replaced: string[];
}

let server: Server;
let online: boolean;

async function device(): Promise<Device> {
  const drafts = new Drafts("ana");
  const replaced: string[] = [];
  const sync = new KeptDrafts(drafts, {
    list: server.list,
    keep: server.keep,
    connected: () => online,
    replaced: (conversation) => replaced.push(conversation),
  });
  server.devices.push({ drafts, sync, replaced });
  await sync.connect();
  return { drafts, sync, replaced };
}

const wait = (milliseconds = PAUSE) => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_790_000_000_000 });
  server = new Server();
  online = true;
});

afterEach(() => {
  for (const { sync } of server.devices) sync.stop();
  settings.drafts.value = "on";
  vi.useRealTimers();
});

describe("a draft", () => {
  it("is kept once a pause, and is then on the other device, which alone reads it", async () => {
    const [one, other] = [await device(), await device()];
    server.lists = 0;
    for (const text of ["h", "he", "hel"]) {
      one.drafts.set("c", text);
      await wait(PAUSE - 1);
    }
    expect(server.saves).toEqual([]);
    await wait(1);
    expect(server.saves).toEqual(["hel"]);
    expect(other.drafts.get("c")).toBe("hel");
    expect([...other.drafts.ids.value]).toEqual(["c"]);
    expect(other.replaced).toEqual(["c"]);
    expect(other.drafts.taken.value).toBe(1);
    expect(one.drafts.taken.value).toBe(0);
    expect(server.lists).toBe(1);
  });

  it("is gone everywhere at once when it is sent or cleared", async () => {
    const [one, other] = [await device(), await device()];
    one.drafts.change("c", { text: "hello", reply: 7, files: [{ media: "m" }] });
    await wait();
    expect(other.drafts.of("c")).toMatchObject({ text: "hello", reply: 7, files: [{ media: "m" }] });
    one.drafts.change("c", { text: "", reply: 0, files: [] });
    await wait(0);
    expect(server.kept.size).toBe(0);
    expect(other.drafts.get("c")).toBe("");
    expect(one.drafts.all()).toEqual([]);
    expect(other.drafts.all()).toEqual([]);
  });

  it("that is being written is not replaced: the newer one holds, on both devices", async () => {
    const [one, other] = [await device(), await device()];
    other.drafts.set("c", "theirs");
    await wait(PAUSE - 10);
    one.drafts.set("c", "mine");
    await wait(10);
    expect(one.drafts.get("c")).toBe("mine");
    await wait();
    expect(server.kept.get("c")?.text).toBe("mine");
    expect(other.drafts.get("c")).toBe("mine");
  });

  it("that was cleared while it was saved does not stay at the server", async () => {
    const one = await device();
    one.drafts.set("c", "hello");
    server.meanwhile = () => {
      server.meanwhile = () => undefined;
      one.drafts.set("c", "");
    };
    await wait();
    await wait(1);
    await wait(1);
    expect(server.saves).toEqual(["hello", ""]);
    expect(one.drafts.all()).toEqual([]);
    expect(server.kept.size).toBe(0);
  });

  it("written without a connection is kept when there is one; one cleared elsewhere meanwhile goes", async () => {
    const [one, other] = [await device(), await device()];
    one.drafts.set("old", "old");
    await wait();
    online = false;
    one.drafts.set("c", "offline");
    await wait();
    expect(server.saves).toEqual(["old"]);
    const [deaf] = server.devices.splice(0, 1);
    online = true;
    other.drafts.set("old", "");
    await wait(0);
    await one.sync.connect();
    deaf!.sync.stop();
    expect(server.kept.get("c")?.text).toBe("offline");
    expect(one.drafts.get("old")).toBe("");
  });

  it("that ended by itself at the server stays here", async () => {
    const one = await device();
    one.drafts.set("c", "a month ago");
    await wait();
    server.kept.clear();
    vi.setSystemTime(Date.now() + 31 * 24 * 3_600_000);
    await one.sync.connect();
    expect(one.drafts.get("c")).toBe("a month ago");
    expect(server.kept.get("c")?.text).toBe("a month ago");
  });

  it("is tried again with the next pause after a failure, and not at all after a refusal", async () => {
    const one = await device();
    server.problem = new NoAnswer();
    one.drafts.set("c", "hello");
    await wait();
    await one.sync.flush();
    expect(server.saves).toEqual(["hello", "hello"]);
    server.problem = new ApiError({ status: 404, code: "conversation_not_found" });
    await one.sync.flush();
    await one.sync.flush();
    expect(server.saves).toHaveLength(3);
    expect(one.drafts.get("c")).toBe("hello");
    server.problem = null;
    one.drafts.set("c", "hello again");
    await wait();
    expect(server.kept.get("c")?.text).toBe("hello again");
  });

  it("stays in this browser where that is wanted, and what the server has of it goes", async () => {
    const one = await device();
    one.drafts.set("c", "hello");
    await wait();
    settings.drafts.value = "off";
    await wait(0);
    expect(server.kept.size).toBe(0);
    one.drafts.set("c", "hello you");
    await wait();
    expect(server.saves).toEqual(["hello", ""]);
    expect(one.drafts.get("c")).toBe("hello you");
    settings.drafts.value = "on";
    await wait(0);
    expect(server.kept.get("c")?.text).toBe("hello you");
  });

  it("is not sent where it is longer than a message, and stays", async () => {
    const one = await device();
    one.drafts.set("c", "x".repeat(8_001));
    await wait();
    expect(server.saves).toEqual([]);
    one.drafts.set("c", "x".repeat(8_000));
    await wait();
    expect(server.saves).toHaveLength(1);
  });

  it("in a thread stays in this browser, whatever the server lists", async () => {
    const one = await device();
    one.drafts.set("c/7", "in the thread");
    await wait();
    await one.sync.connect();
    expect(server.saves).toEqual([]);
    expect(one.drafts.get("c/7")).toBe("in the thread");
  });
});

describe("the files of a draft", () => {
  const upload = (media: string, more: Partial<Upload> = {}): Upload => ({
    upload: media, media, conversation: "c", name: "f", type: "", size: 1, alt: "", state: "done", sent: 1, problem: "", taken: false, ...more,
  });

  it("are those that are there, in the order of the draft; those of conversations that aren't known stay", () => {
    const drafts = new Drafts("ana");
    drafts.change("c", { files: [{ media: "b" }, { media: "a" }] });
    drafts.change("d", { files: [{ media: "x" }] });
    const others = [upload("s", { state: "sending" }), upload("t", { taken: true })];
    followFiles(drafts, new Set(["c"]), [upload("a"), upload("n", { alt: "new" }), upload("b"), ...others]);
    expect(drafts.of("c").files).toEqual([{ media: "b" }, { media: "a" }, { media: "n", alt: "new" }]);
    expect(drafts.of("d").files).toEqual([{ media: "x" }]);
  });

  it("change nothing where they are the same", () => {
    const drafts = new Drafts("ana");
    drafts.put("c", { text: "", reply: 0, files: [{ media: "a", voice: true, peaks: [1] }], kept: 5, changed: false, at: 1 });
    followFiles(drafts, new Set(["c"]), [upload("a", { voice: true, peaks: [1] })]);
    expect(drafts.of("c").changed).toBe(false);
  });
});
