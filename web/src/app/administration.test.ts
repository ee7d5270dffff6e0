import { describe, expect, it } from "vitest";
import { NoAnswer } from "../api/errors.ts";
import type { User, Users } from "../api/types.ts";
import { Administration } from "./administration.ts";

const users = (...names: string[]): User[] => names.map((username) => ({ username }));

function administration(pages: (Users | Error)[]) {
  const asked: object[] = [];
  const made = new Administration({
    list: async (query) => {
      asked.push(query);
      const page = pages[asked.length - 1]!;
      if (page instanceof Error) throw page;
      return page;
    },
    update: async (username, change) => ({ username, ...change }),
  });
  return { made, asked, names: () => made.listed.value.users.map(({ username }) => username) };
}

describe("the administrator's users", () => {
  it("are read by pages, with the search that was begun", async () => {
    const { made, asked, names } = administration([{ users: users("ana"), cursor: "ana" }, { users: users("anja"), cursor: null }]);
    await made.find(" @an ");
    await made.more();
    await made.more();
    expect(asked).toEqual([{ query: "an", limit: 50 }, { query: "an", limit: 50, cursor: "ana" }]);
    expect(names()).toEqual(["ana", "anja"]);
  });

  it("stay where a page can't be read, and can be asked for again", async () => {
    const { made, names } = administration([{ users: users("ana"), cursor: "ana" }, new NoAnswer(), { users: users("ben"), cursor: null }]);
    await made.find("");
    await made.more();
    expect(made.listed.value).toMatchObject({ state: "problem", problem: "The server can’t be reached." });
    await made.more();
    expect(names()).toEqual(["ana", "ben"]);
  });

  it("are shown as the server says after a change", async () => {
    const { made } = administration([{ users: users("ana", "ben"), cursor: null }]);
    await made.find("");
    await made.change("ben", { disabled: true });
    expect(made.listed.value.users).toEqual([{ username: "ana" }, { username: "ben", disabled: true }]);
  });
});
