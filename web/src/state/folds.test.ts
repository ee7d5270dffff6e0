import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Entry, History, Message as Sent } from "../api/types.ts";
import { apply as applyToConversation, type Conversation } from "./conversations.ts";
import { apply, begin, complete, isAboutMessage, type Message } from "./messages.ts";

interface Fold {
  entries: Entry[];
  messages: Sent[];
  conversation: { seq: number; timestamp: number; messages: number; title: string; live_typing: boolean; history: History };
}

const path = join(import.meta.dirname, "../../../tests/fixtures/folds.json");
const folds = JSON.parse(readFileSync(path, "utf8")) as Fold[];

const EMPTY: Conversation = {
  id: "g_1",
  kind: "group",
  title: "Table",
  live_typing: false,
  history: "joined",
  created: 10,
  head: { seq: 0, timestamp: 0, messages: 0 },
  last_message: null,
  members: [],
  member_count: 3,
  role: "owner",
  read: { timestamp: 0, number: 0 },
  since: 0,
};

function messagesOf(entries: readonly Entry[]): Message[] {
  const folded = new Map<number, Message>();
  for (const entry of entries) {
    if (entry.kind === "message") folded.set(entry.timestamp, begin(entry));
    if (isAboutMessage(entry)) folded.set(entry.target, apply(folded.get(entry.target)!, entry));
  }
  return [...folded.values()];
}

describe("the fold of a log is the server's", () => {
  it("has logs to compare", () => expect(folds.length).toBeGreaterThan(10));

  it.each(folds.map((fold, index) => [index, fold] as const))("log %i: messages", (_, fold) => {
    expect(messagesOf(fold.entries)).toEqual(fold.messages.map(complete));
  });

  it.each(folds.map((fold, index) => [index, fold] as const))("log %i: conversation", (_, fold) => {
    const after = fold.entries.reduce<Conversation>((state, entry) => applyToConversation(state, entry, "ana"), EMPTY);
    const { seq, timestamp, messages, title, live_typing, history } = fold.conversation;
    expect(after).toMatchObject({ head: { seq, timestamp, messages }, title, live_typing, history });
    expect(after.last_message).toEqual(messagesOf(fold.entries).at(-1) ?? null);
  });
});
