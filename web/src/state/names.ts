/** What a conversation is called. */

import { listed, t, tn } from "../words/index.ts";
import { partner, type Conversation } from "./conversations.ts";

const NAMED = 4;

/** The other's name, or the group's title, or who is in it. `name` turns a username into a name. */
export function conversationName(conversation: Conversation, me: string, name: (username: string) => string): string {
  if (conversation.kind === "direct") {
    const other = partner(conversation, me);
    return other === me ? t("{name} (you)", { name: name(me) }) : name(other);
  }
  if (conversation.title.trim()) return conversation.title;
  const others = conversation.members.map((member) => member.username).filter((username) => username !== me);
  if (!others.length) return t("Just you");
  const names = others.slice(0, NAMED).map(name);
  const rest = conversation.member_count - 1 - names.length;
  return listed(rest > 0 ? [...names, tn(rest, { one: "{count} other", other: "{count} others" })] : names);
}
