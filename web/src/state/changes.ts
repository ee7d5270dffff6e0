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
  readonly key: number;
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
  return groups.map((group) => {
    const { seq: key, timestamp } = group[0]!;
    return { key, timestamp, pieces: sentence(group, me) };
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

function sentence(group: readonly Change[], me: string): Piece[] {
  const last = group.at(-1)!;
  const author = person(last.author, me, true);
  switch (last.kind) {
    case "created":
      return created(last, me);
    case "member_added":
      return [author, " added ", ...people(usernames(group), me), roleOf(last) === "member" ? "" : ` as ${ROLES[roleOf(last)]}`];
    case "member_removed":
      if (left(last)) return [...people(usernames(group), me, true), " left"];
      return [author, " removed ", ...people(usernames(group), me)];
    case "role_changed":
      return [author, " made ", ...people(usernames(group), me), ` ${usernames(group).length > 1 ? `${last.role}s` : ROLES[last.role]}`];
    case "title_changed":
      return last.title.trim() ? [author, " changed the title to ", { title: last.title }] : [author, " took the title away"];
    case "settings_changed":
      return [author, " ", settings(last)];
  }
}

const ROLES: Record<Role, string> = { owner: "an owner", admin: "an admin", member: "a member" };

function created({ author, type, members, title }: ConversationCreated, me: string): Piece[] {
  const others = members.map((member) => member.username).filter((username) => username !== author);
  const begun: Piece[] = [person(author, me, true), type === "group" ? " began the group" : " began the conversation"];
  if (type === "direct") return begun;
  return [...begun, ...(title?.trim() ? [" ", { title }] : []), ...(others.length ? [" with ", ...people(others, me)] : [])];
}

function settings({ live_typing, history }: SettingsChanged): string {
  const said: string[] = [];
  if (live_typing !== undefined) said.push(`switched live typing ${live_typing ? "on" : "off"}`);
  if (history === "all") said.push("let new members read what was written before they came");
  if (history === "joined") said.push("let new members read only what is written after they came");
  return said.join(" and ") || "changed the settings";
}

const left = (change: MemberRemoved): boolean => change.author === change.username;

function roleOf(change: Change): Role {
  return ("role" in change && change.role) || "member";
}

function usernames(group: readonly Change[]): string[] {
  return [...new Set(group.flatMap((change) => ("username" in change ? [change.username] : [])))];
}

function person(username: string, me: string, first = false): Piece {
  return username === me ? (first ? "You" : "you") : { username };
}

const NAMED = 4;

function people(all: readonly string[], me: string, first = false): Piece[] {
  const named = all.length > NAMED + 1 ? all.slice(0, NAMED) : all;
  const rest = all.length - named.length;
  const pieces = [...named.map((username, index) => person(username, me, first && !index)), ...(rest ? [`${rest} others`] : [])];
  return pieces.flatMap((piece, index) => {
    if (!index) return [piece];
    return [index === pieces.length - 1 ? " and " : ", ", piece];
  });
}
