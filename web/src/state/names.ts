/** What a conversation is called. */

import { partner, type Conversation } from "./conversations.ts";

const NAMED = 4;

/** The other's name, or the group's title, or who is in it. `name` turns a username into a name. */
export function conversationName(conversation: Conversation, me: string, name: (username: string) => string): string {
  if (conversation.kind === "direct") {
    const other = partner(conversation, me);
    return other === me ? `${name(me)} (you)` : name(other);
  }
  if (conversation.title.trim()) return conversation.title;
  const others = conversation.members.map((member) => member.username).filter((username) => username !== me);
  if (!others.length) return "Just you";
  const names = others.slice(0, NAMED).map(name);
  const rest = conversation.member_count - 1 - names.length;
  return new Intl.ListFormat("en").format(rest > 0 ? [...names, `${rest} others`] : names);
}
