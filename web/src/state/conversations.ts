/** Conversations as the list shows them, and how an entry of the log changes one. */

import type {
  ConversationKind,
  ConversationView,
  Cursor,
  Head,
  History,
  MemberView,
  Role,
  VisibleEntry,
} from "../api/types.ts";
import { apply as applyToMessage, begin, complete, isAboutMessage, type Message } from "./messages.ts";

export interface Conversation {
  readonly id: string;
  readonly kind: ConversationKind;
  readonly title: string;
  readonly live_typing: boolean;
  readonly history: History;
  readonly created: number;
  readonly head: Head;
  readonly last_message: Message | null;
  readonly members: readonly MemberView[];
  readonly member_count: number;
  readonly role: Role;
  readonly read: Cursor;
  readonly since: number;
  /** Where this reader marked what follows as unread, in this browser only; absent where nothing is. */
  readonly marked?: Cursor;
}

export function fromView(view: ConversationView): Conversation {
  const { unread: _, last_message, ...rest } = view;
  return { ...rest, last_message: last_message && complete(last_message) };
}

/** How many messages come after the reader's cursor: a difference, so it can't drift. */
export function unread(conversation: Conversation): number {
  return Math.max(0, conversation.head.messages - readTo(conversation).number);
}

/** How far the reader counts as having read: the server's cursor, or earlier where something was marked unread. */
export function readTo({ read, marked }: Conversation): Cursor {
  return marked && marked.number < read.number ? marked : read;
}

/** With everything after `cursor` marked as unread; null takes the mark away. */
export function mark({ marked: _, ...rest }: Conversation, cursor: Cursor | null): Conversation {
  return cursor && cursor.number < rest.read.number ? { ...rest, marked: cursor } : rest;
}

/** The cursor after a request to move it to `wanted`: it only moves forward. */
export function advance(current: Cursor, wanted: Cursor): Cursor {
  return wanted.number > current.number ? wanted : current;
}

/** The conversation after the next entry of its log, as `me` sees it. */
export function apply(conversation: Conversation, entry: VisibleEntry, me: string): Conversation {
  const moved = { ...conversation, head: { ...conversation.head, seq: entry.seq, timestamp: entry.timestamp } };
  if (isAboutMessage(entry)) {
    const last = moved.last_message;
    return last?.timestamp === entry.target ? { ...moved, last_message: applyToMessage(last, entry) } : moved;
  }
  switch (entry.kind) {
    case "message": {
      const cursor = { timestamp: entry.timestamp, number: entry.number };
      const head = { ...moved.head, messages: entry.number };
      return moveCursor({ ...moved, head, last_message: begin(entry) }, entry.author, cursor, me);
    }
    case "member_added": {
      const read = { timestamp: entry.timestamp, number: moved.head.messages };
      const member = { username: entry.username, role: entry.role ?? "member", read } as const;
      return { ...moved, members: withMember(moved.members, member), member_count: moved.member_count + 1 };
    }
    case "member_removed": {
      const members = moved.members.filter((member) => member.username !== entry.username);
      return { ...moved, members, member_count: moved.member_count - 1 };
    }
    case "role_changed": {
      const members = moved.members.map((m) => (m.username === entry.username ? { ...m, role: entry.role } : m));
      return { ...moved, members, role: entry.username === me ? entry.role : moved.role };
    }
    case "title_changed":
      return { ...moved, title: entry.title };
    case "settings_changed":
      return {
        ...moved,
        live_typing: entry.live_typing ?? moved.live_typing,
        history: entry.history ?? moved.history,
      };
    default:
      return moved;
  }
}

/** The conversation after `username`'s read cursor moved. */
export function moveCursor(conversation: Conversation, username: string, read: Cursor, me: string): Conversation {
  const members = conversation.members.map((member) =>
    member.username === username ? { ...member, read: advance(member.read, read) } : member,
  );
  const own = username === me ? advance(conversation.read, read) : conversation.read;
  // Who reads on, here or elsewhere, or answers, has done with the mark.
  const unmarked = own === conversation.read ? conversation : mark(conversation, null);
  return { ...unmarked, members, read: own };
}

/** The newer of two states of one conversation; cursors are the further of both, whichever state they come from. */
export function newer(held: Conversation, fresh: Conversation): Conversation {
  const [base, other] = fresh.head.seq >= held.head.seq ? [fresh, held] : [held, fresh];
  const cursors = new Map(other.members.map((member) => [member.username, member.read]));
  const members = base.members.map((member) => {
    const read = cursors.get(member.username);
    return read ? { ...member, read: advance(member.read, read) } : member;
  });
  const both = { ...base, members, read: advance(base.read, other.read) };
  return both.read === held.read || both.read.number === held.read.number ? mark(both, held.marked ?? null) : mark(both, null);
}

/** The other person of a direct conversation; empty in a group. */
export function partner(conversation: Conversation, me: string): string {
  if (conversation.kind !== "direct") return "";
  return conversation.members.find((member) => member.username !== me)?.username ?? me;
}

/** How many others have read as far as `number`. */
export function seenBy(conversation: Conversation, number: number, me: string): readonly string[] {
  return conversation.members
    .filter((member) => member.username !== me && member.read.number >= number)
    .map((member) => member.username);
}

function withMember(members: readonly MemberView[], member: MemberView): readonly MemberView[] {
  return [...members.filter((other) => other.username !== member.username), member];
}
