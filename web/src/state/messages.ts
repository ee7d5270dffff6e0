/** Messages as people see them: the fold of the entries about one message, the same as the server's. */

import type { AboutMessage, Attachment, Message as Sent, MessageSent, Preview, Reaction, VisibleEntry } from "../api/types.ts";

/** A message with edits and reactions applied, and every field there. */
export interface Message {
  readonly seq: number;
  readonly timestamp: number;
  readonly number: number;
  readonly author: string;
  readonly id: string;
  readonly text: string;
  readonly reply_to: number;
  readonly attachments: readonly Attachment[];
  readonly mentions: readonly string[];
  /** Until this timestamp the author shows where they are, or 0. */
  readonly live_until: number;
  /** The timestamp of the message that the replies began with, of which this is one; 0: it is none. */
  readonly thread: number;
  readonly reactions: readonly Reaction[];
  readonly previews: readonly Preview[];
  /** Timestamps of the last entry of that kind, or 0. */
  readonly edited: number;
  readonly deleted: number;
  readonly changed: number;
}

const DEFAULTS = {
  text: "",
  reply_to: 0,
  attachments: [],
  mentions: [],
  live_until: 0,
  thread: 0,
  reactions: [],
  previews: [],
  edited: 0,
  deleted: 0,
  changed: 0,
} as const;

/** A message from the wire, with the defaults of what was left out. */
export function complete(message: Sent): Message {
  return { ...DEFAULTS, ...message };
}

/** The message as it was sent. */
export function begin(entry: MessageSent): Message {
  return {
    ...DEFAULTS,
    seq: entry.seq,
    timestamp: entry.timestamp,
    number: entry.number,
    author: entry.author,
    id: entry.id,
    text: entry.text ?? "",
    reply_to: entry.reply_to ?? 0,
    attachments: entry.attachments ?? [],
    mentions: entry.mentions ?? [],
    live_until: entry.live_until ?? 0,
    thread: entry.thread ?? 0,
  };
}

/** The message after one more entry about it. An entry at or before `changed` is not applied again, and a deletion is
 * the last that is. */
export function apply(message: Message, entry: AboutMessage): Message {
  if (entry.timestamp <= message.changed || message.deleted) return message;
  const stamp = entry.timestamp;
  switch (entry.kind) {
    case "deleted": {
      const { seq, timestamp, number, author, id, thread } = message;
      return { ...DEFAULTS, seq, timestamp, number, author, id, thread, deleted: stamp, changed: stamp };
    }
    case "edited": {
      const previews = message.previews.filter(({ url }) => !entry.unlinked?.includes(url));
      return { ...message, text: entry.text ?? "", mentions: entry.mentions ?? [], previews, edited: stamp, changed: stamp };
    }
    case "previewed":
      return { ...message, previews: entry.previews ?? [], changed: stamp };
    case "reaction_added":
      return { ...message, reactions: add(message.reactions, entry.emoji, entry.author), changed: stamp };
    case "reaction_removed":
      return { ...message, reactions: remove(message.reactions, entry.emoji, entry.author), changed: stamp };
  }
}

/** The thread in which a reply to the message is. */
export const threadOf = (message: Message): number => message.thread || message.timestamp;

/** Whether somebody can change what they wrote: for so many seconds, 0 for ever. `now` in milliseconds. */
export function changeable({ author, timestamp, deleted }: Message, me: string, seconds: number, now = Date.now()): boolean {
  return author === me && !deleted && (!seconds || now - timestamp / 1_000 <= seconds * 1_000);
}

export function isAboutMessage(entry: VisibleEntry): entry is AboutMessage {
  return "target" in entry;
}

export function hasReaction(message: Message, emoji: string, username: string): boolean {
  return message.reactions.some((reaction) => reaction.emoji === emoji && reaction.users.includes(username));
}

function add(reactions: readonly Reaction[], emoji: string, username: string): readonly Reaction[] {
  if (!reactions.some((reaction) => reaction.emoji === emoji)) return [...reactions, { emoji, users: [username] }];
  return reactions.map((reaction) =>
    reaction.emoji === emoji && !reaction.users.includes(username)
      ? { emoji, users: [...reaction.users, username] }
      : reaction,
  );
}

function remove(reactions: readonly Reaction[], emoji: string, username: string): readonly Reaction[] {
  return reactions
    .map((reaction) =>
      reaction.emoji === emoji ? { emoji, users: reaction.users.filter((user) => user !== username) } : reaction,
    )
    .filter((reaction) => reaction.users.length > 0);
}
