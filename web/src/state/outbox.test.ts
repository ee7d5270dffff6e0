import { describe, expect, it } from "vitest";
import { ApiError, NoAnswer } from "../api/errors.ts";
import * as box from "./outbox.ts";

const message: box.Outgoing = { id: "1", user: "ana", conversation: "c", text: "hi", reply_to: 0, at: 1000, tried: 1000, failed: "" };

describe("the mark of a message on its way", () => {
  it.each([
    [699, "fresh"],
    [700, "sending"],
    [14_999, "sending"],
    [15_000, "unconfirmed"],
  ] as const)("says after %i ms: %s", (after, mark) => {
    expect(box.stateOf(message, 1000 + after)).toBe(mark);
  });

  it("says failed only where the server refused", () => {
    expect(box.stateOf({ ...message, failed: "Too long." }, 1001)).toBe("failed");
    expect(box.stateOf({ ...message, tried: 0 }, 90_000)).toBe("sending");
  });
});

describe("the outbox", () => {
  const second = { ...message, id: "2" };

  it("sends the oldest first, and does not stop at one that was refused", () => {
    const both = box.enqueue(box.enqueue([], message), second);
    expect(box.nextOf(both)?.id).toBe("1");
    expect(box.nextOf(box.change(both, "1", { failed: "no" }))?.id).toBe("2");
    expect(box.nextOf(box.remove(box.remove(both, "1"), "2"))).toBeUndefined();
  });

  it("takes fifty messages a conversation and not one more", () => {
    const many = Array.from({ length: box.OUTBOX_MAX - 1 }, (_, index) => ({ ...message, id: String(index) }));
    expect(box.isFull(many, "c")).toBe(false);
    expect(box.isFull([...many, second], "c")).toBe(true);
    expect(box.isFull([...many, second], "other")).toBe(false);
  });

  it("gives up a message after two days", () => {
    expect(box.expired(message, message.at + box.EXPIRES_AFTER)).toBe("");
    expect(box.expired(message, message.at + box.EXPIRES_AFTER + 1)).not.toBe("");
  });

  it("counts from when somebody asked for it again, and leaves it in its place", () => {
    const again = { ...message, again: message.at + box.EXPIRES_AFTER };
    expect(box.expired(again, message.at + box.EXPIRES_AFTER + 1)).toBe("");
    expect(box.stateOf({ ...again, tried: 0 }, again.again + 699)).toBe("fresh");
    expect(again.at).toBe(message.at);
  });

  it("puts what is edited again before what is being written", () => {
    expect(box.together("first", " ")).toBe("first");
    expect(box.together("first", "second")).toBe("first\n\nsecond");
  });

  it("takes only a definite refusal as one", () => {
    const error = (status: number, temporary = false) => new ApiError({ status, temporary, detail: "Because." });
    expect(box.refusal(new NoAnswer())).toBe("");
    for (const status of [304, 401, 408, 425, 429, 500, 503]) expect(box.refusal(error(status))).toBe("");
    for (const status of [400, 403, 404, 409, 413]) expect(box.refusal(error(status))).toBe("Because.");
  });
});
