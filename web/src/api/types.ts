/** What goes over the wire, by the names of the API documents. A field marked `?` has its default where it is absent. */

export type ConversationKind = "direct" | "group";
export type History = "joined" | "all";
export type Role = "owner" | "admin" | "member";
export type Presence = "online" | "away" | "offline";

export interface User {
  username: string;
  name?: string;
  admin?: boolean;
  disabled?: boolean;
  created?: number;
}

export interface Cursor {
  timestamp: number;
  number: number;
}

export interface MemberRole {
  username: string;
  role: Role;
}

export interface MemberView {
  username: string;
  role: Role;
  read: Cursor;
}

export interface Head {
  seq: number;
  timestamp: number;
  messages: number;
}

export interface Attachment {
  media: string;
  name: string;
  type: string;
  size: number;
  width?: number;
  height?: number;
  alt?: string;
}

export interface Reaction {
  emoji: string;
  users: readonly string[];
}

export interface Message {
  seq: number;
  timestamp: number;
  number: number;
  author: string;
  id: string;
  text?: string;
  reply_to?: number;
  attachments?: readonly Attachment[];
  mentions?: readonly string[];
  reactions?: readonly Reaction[];
  edited?: number;
  deleted?: number;
  changed?: number;
}

export interface ConversationView {
  id: string;
  kind: ConversationKind;
  title: string;
  live_typing: boolean;
  history: History;
  created: number;
  head: Head;
  last_message: Message | null;
  members: readonly MemberView[];
  member_count: number;
  role: Role;
  read: Cursor;
  unread: number;
  since: number;
}

// Entries of the log: `kind` tells them apart.

interface BaseEntry {
  seq: number;
  timestamp: number;
  author: string;
}

export interface ConversationCreated extends BaseEntry {
  kind: "created";
  type: ConversationKind;
  members: readonly MemberRole[];
  title?: string;
}

export interface MessageSent extends BaseEntry {
  kind: "message";
  id: string;
  number: number;
  text?: string;
  reply_to?: number;
  attachments?: readonly Attachment[];
  mentions?: readonly string[];
  erased?: boolean;
}

export interface MessageEdited extends BaseEntry {
  kind: "edited";
  target: number;
  text?: string;
  mentions?: readonly string[];
  erased?: boolean;
}

export interface MessageDeleted extends BaseEntry {
  kind: "deleted";
  target: number;
}

export interface ReactionAdded extends BaseEntry {
  kind: "reaction_added";
  target: number;
  emoji: string;
}

export interface ReactionRemoved extends BaseEntry {
  kind: "reaction_removed";
  target: number;
  emoji: string;
}

export interface MemberAdded extends BaseEntry {
  kind: "member_added";
  username: string;
  role?: Role;
}

export interface MemberRemoved extends BaseEntry {
  kind: "member_removed";
  username: string;
}

export interface RoleChanged extends BaseEntry {
  kind: "role_changed";
  username: string;
  role: Role;
}

export interface TitleChanged extends BaseEntry {
  kind: "title_changed";
  title: string;
}

export interface SettingsChanged extends BaseEntry {
  kind: "settings_changed";
  live_typing?: boolean;
  history?: History;
}

export interface Hidden {
  kind: "hidden";
  seq: number;
  timestamp: number;
}

export type AboutMessage = MessageEdited | MessageDeleted | ReactionAdded | ReactionRemoved;
export type Entry =
  | ConversationCreated
  | MessageSent
  | AboutMessage
  | MemberAdded
  | MemberRemoved
  | RoleChanged
  | TitleChanged
  | SettingsChanged;
export type VisibleEntry = Entry | Hidden;

// Answers

export interface Session {
  access_token: string;
  expires_in: number;
  user: User;
}

export interface Users {
  users: readonly User[];
  cursor: string | null;
}

export interface Conversations {
  conversations: readonly ConversationView[];
  cursor: string | null;
}

export interface Members {
  members: readonly MemberView[];
  cursor: string | null;
}

export interface Messages {
  messages: readonly Message[];
  more_before: boolean;
  more_after: boolean;
  head: Head;
}

export interface Log {
  entries: readonly VisibleEntry[];
  through: number;
  head: Head;
}

export interface ReadState {
  read: Cursor;
  unread: number;
}

export interface WebSocketTicket {
  ticket: string;
  expires_in: number;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  temporary?: boolean;
  retry_after?: number;
  details?: Record<string, unknown>;
  request_id?: string;
}

/** Where things are, from `/config.json`. */
export interface Config {
  api: string;
  ws: string;
  media?: string;
  sign_up: "open" | "invite" | "closed";
  demo?: boolean;
}

// Events of the WebSocket: `type` tells them apart.

export interface EntryEvent {
  type: "entry";
  conversation: string;
  entry: VisibleEntry;
}

export interface ReadEvent {
  type: "read";
  conversation: string;
  username: string;
  read: Cursor;
}

export interface TypingEvent {
  type: "typing";
  conversation: string;
  username: string;
}

export interface DraftEvent {
  type: "draft";
  conversation: string;
  username: string;
  text: string;
  version: number;
}

export interface ConversationChanged {
  type: "conversation";
  conversation: string;
  change: "joined" | "left";
}

export interface PresenceEvent {
  type: "presence";
  username: string;
  status: Presence;
}

export interface Goodbye {
  type: "goodbye";
  reason: string;
  resume: boolean;
}

export interface Result {
  type: "result";
  request: number;
  result: Record<string, unknown>;
}

export interface ActionError {
  type: "error";
  request: number;
  code: string;
  detail: string;
  temporary?: boolean;
  retry_after?: number;
}

export type Event =
  | EntryEvent
  | ReadEvent
  | TypingEvent
  | DraftEvent
  | ConversationChanged
  | PresenceEvent
  | Goodbye;
export type Frame = Event | Result | ActionError;
