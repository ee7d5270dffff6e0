import { describe, expect, it } from "vitest";
import { ENGLISH, notice, pushed, told, toldOf } from "./telling.ts";

describe("a notification", () => {
  it("is said in a line, of bounded length, with the place where it is a group", () => {
    expect(told(ENGLISH, "Ana", "", "one\n\ntwo")).toEqual({ title: "Ana", body: "one two" });
    expect(told(ENGLISH, "Ana", "Tea", "")).toEqual({ title: "Ana in Tea", body: "An attachment" });
    expect([...told(ENGLISH, "Ana", "", "😀".repeat(500)).body]).toHaveLength(201);
  });

  it("takes names as they are, whatever is in them", () => {
    expect(told(ENGLISH, "{place} $&", "{author}", "x").title).toBe("{place} $& in {author}");
  });

  it("says that there is a message where its text is not to be shown", () => {
    const said = { conversation: "g", timestamp: 1, author: "ana", name: "Ana" };
    const body = (show_text: boolean, more: object): string => toldOf({ ...ENGLISH, api: "", show_text }, { ...said, ...more }).body;
    expect(body(false, {})).toBe("A new message");
    expect(body(true, {})).toBe("An attachment");
    expect(body(true, { what: "place" })).toBe("Location");
    expect(body(true, { what: "live", text: "soon" })).toBe("soon");
  });

  it("stands for its conversation and leads to the message", () => {
    const { options } = notice({ title: "Ana", body: "x" }, "g_1", 7);
    expect(options).toMatchObject({ tag: "g_1", data: { path: "/c/g_1/7", timestamp: 7 } });
  });

  it.each([null, {}, { conversation: "../x", timestamp: 1, name: "Ana" }, { conversation: "g", timestamp: "1", name: "Ana" }])(
    "is not made of %j",
    (value) => expect(pushed(value)).toBeNull(),
  );

  it("is made of what the server says", () => {
    expect(pushed({ conversation: "g", timestamp: 1, name: "Ana", author: "ana" })).not.toBeNull();
  });
});
