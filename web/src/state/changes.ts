/**
 * What happened in a conversation beside its messages: who came and went, roles, title, settings.
 *
 * A page of history has messages only. Their seqs show where something else lies between them; that part of the log is
 * read, within bounds.
 */

import type {
  ConversationCreated,
  MemberAdded,
  MemberRemoved,
  Messages,
  Role,
  RoleChanged,
  SettingsChanged,
  TitleChanged,
  VisibleEntry,
} from "../api/types.ts";
import { listParts } from "../words/formats.ts";
import { fill, t, tn, tnp } from "../words/index.ts";
import type { Message } from "./messages.ts";
import { dayKey } from "./times.ts";

export type Change = ConversationCreated | MemberAdded | MemberRemoved | RoleChanged | TitleChanged | SettingsChanged;

/** The most entries of the log that are read for one page of messages; of more, the last are. */
export const SPAN_MAX = 1_000;
/** The most changes that are held of one conversation. */
export const CHANGES_MAX = 1_000;

const KINDS: ReadonlySet<string> = new Set(["created", "member_added", "member_removed", "role_changed", "title_changed", "settings_changed"]);

export function isChange(entry: VisibleEntry): entry is Change {
  return KINDS.has(entry.kind);
}

/** A part of the log: every `after` < seq <= `through`. */
export interface Span {
  readonly after: number;
  readonly through: number;
}

/**
 * The part of the log to read beside a page of messages; null where it holds nothing but messages. `after` and `before`
 * are the seqs of the held messages next to the page, 0 and Infinity where there are none.
 */
export function spanOf(page: Messages, after = 0, before = Infinity): Span | null {
  const { messages, head } = page;
  const first = page.more_before && !after ? (messages[0]?.seq ?? 1) - 1 : after;
  const last = page.more_after && before === Infinity ? (messages.at(-1)?.seq ?? 0) : Math.min(head.seq, before - 1);
  const seqs = [first, ...messages.map((message) => message.seq).filter((seq) => seq > first && seq <= last), last + 1];
  const holes = seqs.slice(1).flatMap((seq, index) => (seq - seqs[index]! > 1 ? [{ after: seqs[index]!, through: seq - 1 }] : []));
  const through = holes.at(-1)?.through;
  return through === undefined ? null : { after: Math.max(holes[0]!.after, through - SPAN_MAX), through };
}

/** The changes between two messages of which the seqs are given. */
export function between(changes: readonly Change[], after: number, before: number): readonly Change[] {
  return changes.filter(({ seq }) => seq > after && seq < before);
}

/** Changes that follow each other on one day, without a message between them: each run is a row. */
export function runs(messages: readonly Message[], changes: readonly Change[]): Change[][] {
  const found: Change[][] = [];
  let next = 0;
  for (const change of changes) {
    const start = next;
    while (next < messages.length && messages[next]!.seq < change.seq) next += 1;
    const last = found.at(-1)?.at(-1);
    if (last && next === start && dayKey(last.timestamp) === dayKey(change.timestamp)) found.at(-1)!.push(change);
    else found.push([change]);
  }
  return found;
}

/** A piece of a sentence: words, somebody's username, or a title. */
export type Piece = string | { readonly username: string } | { readonly title: string };

export interface Line {
  readonly key: string;
  readonly timestamp: number;
  readonly pieces: readonly Piece[];
}

/** A run as sentences. One person's like changes, one after the other, are one sentence. */
export function toLines(run: readonly Change[], me: string): Line[] {
  const groups: Change[][] = [];
  for (const change of run) {
    const last = groups.at(-1);
    if (last && alike(last[0]!, change)) last.push(change);
    else groups.push([change]);
  }
  return groups.flatMap((group) => {
    const { seq, timestamp } = group[0]!;
    return sentences(group, me).map((pieces, index) => ({ key: `${seq}.${index}`, timestamp, pieces }));
  });
}

function alike(one: Change, other: Change): boolean {
  if (one.kind === "member_removed" && other.kind === "member_removed" && left(one) && left(other)) return true;
  if (one.kind !== other.kind || one.author !== other.author) return false;
  if (one.kind === "settings_changed" && other.kind === "settings_changed") {
    return (one.live_typing === undefined) === (other.live_typing === undefined) && (one.history === undefined) === (other.history === undefined);
  }
  if ("role" in one || "role" in other) return roleOf(one) === roleOf(other);
  return one.kind !== "created" && !(one.kind === "member_removed" && (left(one) || left(other as MemberRemoved)));
}

/** What is said of a change: where the reader did it, where it was done to the reader alone, and else. */
interface Said {
  readonly own: () => string;
  readonly you?: () => string;
  readonly other: () => string;
}

const BEGUN: Said = { own: () => t("You began the conversation"), other: () => t("{author} began the conversation") };
const BEGUN_GROUP: readonly [Said, Said, Said, Said] = [
  { own: () => t("You began the group"), other: () => t("{author} began the group") },
  { own: () => t("You began the group “{title}”"), other: () => t("{author} began the group “{title}”") },
  { own: () => t("You began the group with {people}"), you: () => t("{author} began the group with you"), other: () => t("{author} began the group with {people}") },
  {
    own: () => t("You began the group “{title}” with {people}"),
    you: () => t("{author} began the group “{title}” with you"),
    other: () => t("{author} began the group “{title}” with {people}"),
  },
];
const ADDED: Readonly<Record<Role, Said>> = {
  member: { own: () => t("You added {people}"), you: () => t("{author} added you"), other: () => t("{author} added {people}") },
  admin: { own: () => t("You added {people} as an admin"), you: () => t("{author} added you as an admin"), other: () => t("{author} added {people} as an admin") },
  owner: { own: () => t("You added {people} as an owner"), you: () => t("{author} added you as an owner"), other: () => t("{author} added {people} as an owner") },
};
const REMOVED: Said = { own: () => t("You removed {people}"), you: () => t("{author} removed you"), other: () => t("{author} removed {people}") };
const MADE: Readonly<Record<Role, Said>> = {
  member: { own: () => t("You made {people} a member"), you: () => t("{author} made you a member"), other: () => t("{author} made {people} a member") },
  admin: { own: () => t("You made {people} an admin"), you: () => t("{author} made you an admin"), other: () => t("{author} made {people} an admin") },
  owner: { own: () => t("You made {people} an owner"), you: () => t("{author} made you an owner"), other: () => t("{author} made {people} an owner") },
};
const MADE_SEVERAL: Readonly<Record<Role, Said>> = {
  member: { own: () => t("You made {people} members"), other: () => t("{author} made {people} members") },
  admin: { own: () => t("You made {people} admins"), other: () => t("{author} made {people} admins") },
  owner: { own: () => t("You made {people} owners"), other: () => t("{author} made {people} owners") },
};
const TITLED: Said = { own: () => t("You changed the title to “{title}”"), other: () => t("{author} changed the title to “{title}”") };
const UNTITLED: Said = { own: () => t("You took the title away"), other: () => t("{author} took the title away") };
const LIVE: Said = { own: () => t("You switched live typing on"), other: () => t("{author} switched live typing on") };
const NOT_LIVE: Said = { own: () => t("You switched live typing off"), other: () => t("{author} switched live typing off") };
const HISTORY: Readonly<Record<"all" | "joined", Said>> = {
  all: {
    own: () => t("You let new members read what was written before they came"),
    other: () => t("{author} let new members read what was written before they came"),
  },
  joined: {
    own: () => t("You let new members read only what is written after they came"),
    other: () => t("{author} let new members read only what is written after they came"),
  },
};
const SET: Said = { own: () => t("You changed the settings"), other: () => t("{author} changed the settings") };

function sentences(group: readonly Change[], me: string): Piece[][] {
  const last = group.at(-1)!;
  const all = usernames(group);
  const say = (said: Said, title = ""): Piece[] => {
    const sole = all.length === 1 && all[0] === me;
    const template = last.author === me ? said.own : sole ? (said.you ?? said.other) : said.other;
    return fill<Piece>(template(), { author: { username: last.author }, people: people(all, me), title: { title } });
  };
  switch (last.kind) {
    case "created":
      return [say(begun(last, all), last.title ?? "")];
    case "member_added":
      return [say(ADDED[roleOf(last)])];
    case "member_removed":
      return [left(last) ? gone(all, me) : say(REMOVED)];
    case "role_changed":
      return [say((all.length > 1 ? MADE_SEVERAL : MADE)[last.role])];
    case "title_changed":
      return [say(last.title.trim() ? TITLED : UNTITLED, last.title)];
    case "settings_changed":
      return settings(last).map((said) => say(said));
  }
}

function begun({ type, title }: ConversationCreated, others: readonly string[]): Said {
  if (type === "direct") return BEGUN;
  return BEGUN_GROUP[((title?.trim() ? 1 : 0) + (others.length ? 2 : 0)) as 0 | 1 | 2 | 3];
}

function settings({ live_typing, history }: SettingsChanged): Said[] {
  const said: Said[] = [];
  if (live_typing !== undefined) said.push(live_typing ? LIVE : NOT_LIVE);
  if (history !== undefined) said.push(HISTORY[history]);
  return said.length ? said : [SET];
}

/** Who left: the reader alone, or others, among whom the reader may be. */
function gone(all: readonly string[], me: string): Piece[] {
  if (all.length === 1 && all[0] === me) return [t("You left")];
  return tnp<Piece>(all.length, { one: "{people} left", other: "{people} left" }, { people: people(all, me, true) });
}

const left = (change: MemberRemoved): boolean => change.author === change.username;

function roleOf(change: Change): Role {
  return ("role" in change && change.role) || "member";
}

function usernames(group: readonly Change[]): string[] {
  const named = group.flatMap((change) => {
    if (change.kind === "created") return change.members.map(({ username }) => username).filter((username) => username !== change.author);
    return "username" in change ? [change.username] : [];
  });
  return [...new Set(named)];
}

const NAMED = 4;

/** A list of people; `subject`: they are who did it. */
function people(all: readonly string[], me: string, subject = false): Piece[] {
  const named = all.length > NAMED + 1 ? all.slice(0, NAMED) : all;
  const rest = all.length - named.length;
  const pieces = named.map((username): Piece => {
    if (username !== me) return { username };
    return !subject ? t("you") : t("You");
  });
  if (rest) pieces.push(tn(rest, { one: "{count} other", other: "{count} others" }));
  return listParts<Piece>(pieces);
}
