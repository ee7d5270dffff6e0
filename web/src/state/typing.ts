/** Who is typing, and what: of the moment, never stored. Times are in milliseconds. */

export const TYPING_SHOWN = 5_000;
/** A draft of somebody who vanished without emptying it is not shown for ever. */
export const DRAFT_SHOWN = 30_000;

export interface Draft {
  readonly text: string;
  readonly version: number;
  readonly at: number;
}

/** In which thread somebody types (0: in none), and when it was last said. */
interface Hand {
  readonly thread: number;
  readonly at: number;
}

export interface Typing {
  readonly typing: ReadonlyMap<string, Hand>;
  readonly drafts: ReadonlyMap<string, Draft>;
}

export const QUIET: Typing = { typing: new Map(), drafts: new Map() };

export function typed(state: Typing, username: string, thread: number, now: number): Typing {
  return { ...state, typing: new Map(state.typing).set(username, { thread, at: now }) };
}

/** Who types, in a thread or (0) anywhere in the conversation: a reply is a message of it too. */
export function typists({ typing }: Typing, thread = 0): string[] {
  return [...typing].filter(([, hand]) => !thread || hand.thread === thread).map(([username]) => username);
}

/** With a newer draft of somebody; an older one changes nothing. */
export function drafted(state: Typing, username: string, text: string, version: number, now: number): Typing {
  const held = state.drafts.get(username);
  if (held && held.version >= version) return state;
  return { ...state, drafts: new Map(state.drafts).set(username, { text, version, at: now }) };
}

/** After a message of that person: what was being typed has been said. */
export function said(state: Typing, username: string): Typing {
  const draft = state.drafts.get(username);
  if (!state.typing.has(username) && !draft?.text) return state;
  const typing = new Map(state.typing);
  typing.delete(username);
  const drafts = new Map(state.drafts);
  if (draft) drafts.set(username, { ...draft, text: "" });
  return { typing, drafts };
}

/** Without what is too old to be shown. */
export function settled(state: Typing, now: number): Typing {
  const typing = [...state.typing].filter(([, { at }]) => now - at < TYPING_SHOWN);
  const drafts = [...state.drafts].filter(([, draft]) => now - draft.at < DRAFT_SHOWN);
  if (typing.length === state.typing.size && drafts.length === state.drafts.size) return state;
  return { typing: new Map(typing), drafts: new Map(drafts) };
}
