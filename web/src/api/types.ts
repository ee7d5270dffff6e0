/**
 * What goes over the wire, by the names of the API documents. A field marked `?` has its default where it is absent.
 *
 * Written by scripts/generate_types.py; changes here are lost.
 */

/** An action failed; nothing was done. `detail` says what to do; `retry_after` is in seconds. */
export interface ActionError {
  type: "error";
  request: number;
  code: string;
  detail: string;
  temporary?: boolean;
  retry_after?: number;
}

/** `media` is the id of an upload of the caller's: a zip of stickers or emoji. It is taken in some pictures at a time: call again with `start`, until `next` is null. */
export interface AddPack {
  media: string;
  kind?: PictureKind;
  title?: string;
  /** `next` of the answer before. */
  start?: number;
}

/** `media` is the id of a completed upload of the caller's. */
export interface AddPicture {
  media: string;
  kind: PictureKind;
  /** Of an emoji: up to 30 of the letters a to z, digits, `_`, `+` and `-`. */
  name: string;
  /** Says in words what it shows. */
  alt?: string;
  /** By what else it is found. */
  tags?: readonly string[];
}

/** Who may add GIFs. Everything else only administrators add. */
export type Adding = "administrators" | "everyone";

/**
 * A file that a message carries. `media` is the id of the upload; `type` is a media type (RFC 6838); `size` in bytes.
 *
 * The rest lets a client keep its place before the file is there: `width` and `height` in pixels; `thumbhash`, a blurred picture (base64); `animated`: it moves; `duration` in seconds; `alt` says in words what it shows. `voice`: it is a voice note; `peaks` are how loud it is over its length, from 0 to 255. `library` is `sticker` or `gif` where it is one of the server's own pictures, which all messages share and an administrator may remove.
 */
export interface Attachment {
  media: string;
  name: string;
  type: string;
  size: number;
  width?: number;
  height?: number;
  thumbhash?: string;
  animated?: boolean;
  duration?: number;
  alt?: string;
  voice?: boolean;
  peaks?: readonly number[];
  library?: string;
}

/** `media` is the id of a completed upload of the sender's; `alt` says in words what it shows. `voice`: it is a voice note, with its `peaks`. */
export interface AttachmentRef {
  media: string;
  alt?: string;
  voice?: boolean;
  /** How loud a voice note is over its length. */
  peaks?: readonly number[];
}

export interface ChangePassword {
  old: string;
  new: string;
  return_refresh_token?: boolean;
}

/** What is absent stays. Until `muted_until` (microseconds) nothing is told; 0 unmutes. */
export interface ChooseNotifications {
  level?: Level;
  /** Microseconds; strictly increasing within a conversation. */
  muted_until?: number;
}

/** `poster`: the picture that stands for a film until it plays, a completed upload of the same person's that no message carries. Its thumbnails become the film's, and it is deleted. One that isn't so is disregarded. */
export interface CompleteMedia {
  poster?: string | null;
}

export interface Confirm {
  /** Lower-case letters, digits, `_`, `.` and `-`; begins with a letter or digit. */
  username: string;
  code: string;
}

/** The receiver is now a member of the conversation, or no longer. */
export interface ConversationChanged {
  type: "conversation";
  conversation: string;
  change: Membership;
}

/** The first entry of every log. */
export interface ConversationCreated {
  kind: "created";
  seq: number;
  timestamp: number;
  author: string;
  type: ConversationKind;
  members: readonly MemberRole[];
  title?: string;
}

export type ConversationKind = "direct" | "group";

/**
 * A conversation as the caller sees it. `members` shows the first ones; `member_count` says how many there are.
 *
 * `role`, `read` and `unread` are the caller's. `since` is the timestamp from which the caller may read.
 */
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

/** By id, not by time: the client has to hold them all anyway, and sorts by `head.timestamp`. */
export interface Conversations {
  conversations: readonly ConversationView[];
  cursor: string | null;
}

/** `id` names the request: sent again with the same id, it answers with the same group. `members` leaves out the caller. */
export interface CreateConversation {
  kind: ConversationKind;
  members: readonly string[];
  title?: string;
  id?: string | null;
}

/** For administrators. `hours` is how long the invitation is good. */
export interface CreateInvite {
  admin?: boolean;
  hours?: number;
}

/** `type` is a media type, `size` is in bytes. */
export interface CreateMedia {
  /** A file's name. */
  name: string;
  /** A media type such as `image/png`. */
  type: string;
  /** Bytes. How many a file may have `/config.json` says; more is refused as `too_large`. */
  size: number;
}

/** How far a reader has read: a message's timestamp, and its number in the conversation. */
export interface Cursor {
  timestamp: number;
  number: number;
}

/** Live typing: all that the caller has typed so far. `version` grows with each. Only where the conversation has it on. */
export interface Draft {
  action: "draft";
  /** The client's own number; the answer repeats it. */
  request?: number;
  conversation: string;
  text: string;
  /** The client's own number; the answer repeats it. */
  version: number;
}

/** Live typing: what somebody has typed so far. Empty when the person stopped. `version` grows; an older one is dropped. */
export interface DraftEvent {
  type: "draft";
  conversation: string;
  username: string;
  text: string;
  version: number;
}

/** A file that is uploaded and in no message yet. `media` is the upload's id; the rest is what the message will say of it: `alt` in words, `voice` and `peaks` of a voice note. */
export interface DraftFile {
  media: string;
  alt?: string;
  voice?: boolean;
  peaks?: readonly number[];
}

/** When, by the server's clock. The event `kept_draft` says the same to the caller's other devices. */
export interface DraftKept {
  timestamp: number;
}

export interface EditMessage {
  text: string;
}

/** Nothing to say beyond that it is done. */
export type Empty = Record<string, never>;

/** An entry was committed. */
export interface EntryEvent {
  type: "entry";
  conversation: string;
  entry: VisibleEntry;
}

/**
 * What a server knows of itself without looking at everything; null is what it can't know that cheaply.
 *
 * `since`: when the process began, in microseconds since 1970. `people` have an account, `disabled` ones among them; `connected` of them have a connection open, or several: `connections`. `messages` were sent in all, those deleted since among them; `messages_minute` and `messages_hour` in the last minute and hour, or since the process began, where that is later. `database_bytes` is what the databases hold on disk. `files` were uploaded and are still there, and have `file_bytes` without their thumbnails. `age_seconds`: counts and sizes can be so old; 0: they are of now.
 */
export interface Figures {
  version: string;
  since: number | null;
  people: number | null;
  disabled: number | null;
  connected: number | null;
  connections: number | null;
  conversations: number | null;
  messages: number | null;
  messages_minute: number | null;
  messages_hour: number | null;
  database_bytes: number | null;
  files: number | null;
  file_bytes: number | null;
  age_seconds: number;
}

export interface ForgotPassword {
  /** Lower-case letters, digits, `_`, `.` and `-`; begins with a letter or digit. */
  username: string;
}

/** The last event before the server closes. `reason` is one of the documented close reasons; `resume` says whether to connect again. */
export interface Goodbye {
  type: "goodbye";
  reason: string;
  resume: boolean;
}

/** Where the log stands: the last `seq` and `timestamp`, and how many messages there are. */
export interface Head {
  seq: number;
  timestamp: number;
  messages: number;
}

/** The log has an entry at `seq` that is too large to be pushed: read it. */
export interface HeadEvent {
  type: "head";
  conversation: string;
  seq: number;
}

/** An entry about a message that the reader may not read: it keeps the log free of gaps and says nothing else. */
export interface Hidden {
  kind: "hidden";
  seq: number;
  timestamp: number;
}

/** What a new member may read: what comes after joining, or all of it. */
export type History = "all" | "joined";

export interface Invite {
  code: string;
  expires_in: number;
}

/** What a message would say if it was sent now; a file is described in up to 500 characters. Without text and files there is no draft any more. */
export interface KeepDraft {
  text?: string;
  /** Microseconds; strictly increasing within a conversation. */
  reply_to?: number;
  attachments?: readonly AttachmentRef[];
}

/** One for each person and conversation. `timestamp` (microseconds) is when it was kept: of two devices the one that came last holds. `reply_to` is the timestamp of a message, or 0. */
export interface KeptDraft {
  conversation: string;
  timestamp: number;
  text?: string;
  reply_to?: number;
  attachments?: readonly DraftFile[];
}

/** What the receiver has written and not sent yet in a conversation is another now, or none: for the devices of that person alone. `timestamp` is what whoever changed it was answered. What it says, `GET /api/drafts` does. */
export interface KeptDraftEvent {
  type: "kept_draft";
  conversation: string;
  timestamp: number;
}

/** Those of conversations in which the caller is. A file that is named may be gone: an upload that is in no message is deleted after a week. */
export interface KeptDrafts {
  drafts: readonly KeptDraft[];
}

/** A JWK set. */
export interface KeySet {
  keys: readonly (Record<string, string>)[];
}

/** What somebody wants to be told of in a conversation. */
export type Level = "all" | "mentions" | "none";

/** What administrators decided about the server's own pictures, and their packs; `house` is the one that comes with the product. Who may add GIFs `gifs` says. */
export interface LibraryView {
  gifs: Adding;
  house: boolean;
  packs: readonly PackView[];
}

/** Where the caller is, whose message at `timestamp` began a live location: degrees (WGS 84), and by how many metres that may be wrong. It is passed on and not kept; after the message's `live_until` it is refused. */
export interface Locate {
  action: "location";
  /** The client's own number; the answer repeats it. */
  request?: number;
  conversation: string;
  /** Microseconds; strictly increasing within a conversation. */
  timestamp: number;
  latitude: number;
  longitude: number;
  accuracy?: number;
}

/** Where somebody is whose message at `timestamp` began a live location: degrees (WGS 84), and by how many metres that may be wrong. The next one takes its place. */
export interface LocationEvent {
  type: "location";
  conversation: string;
  username: string;
  timestamp: number;
  latitude: number;
  longitude: number;
  accuracy: number;
}

/** Every readable entry with `after` < seq <= `through`, in order. What is missing in between is not for this reader. */
export interface Log {
  entries: readonly VisibleEntry[];
  through: number;
  head: Head;
}

/**
 * A file: what it is, and addresses for its content (`url`) and its thumbnails, where it has any, that are good until `expires` (seconds since 1970). `small` lies within 960 x 400 pixels, `large` within 2048 x 2048; both stand still; of a film they show its poster. `playable` is a sound or a film again as every browser plays it (MP4), where the server makes one: soon after the file was completed.
 *
 * To complete what was sent already answers an empty `url`. `kind` is absent until the upload is completed. What isn't known is absent. `duration` is in seconds, `thumbhash` is base64.
 */
export interface Media {
  id: string;
  name: string;
  type: string;
  size: number;
  url: string;
  expires: number;
  kind?: MediaKind;
  width?: number;
  height?: number;
  thumbhash?: string;
  animated?: boolean;
  duration?: number;
  small?: string;
  large?: string;
  playable?: string;
}

/** How a client shows a file. `file` is only ever a download. */
export type MediaKind = "audio" | "file" | "image" | "video";

/** Send this part of the content, counted from 1, with `method` to `url`, with `headers`. */
export interface MediaPart {
  number: number;
  method: string;
  url: string;
  headers: Record<string, string>;
}

/** The numbers of the parts that have `arrived`, and where to send the others, before `expires`. A file that comes whole has no parts. */
export interface MediaParts {
  id: string;
  expires: number;
  part_bytes: number;
  arrived: readonly number[];
  parts: readonly MediaPart[];
}

/**
 * Send the content with `method` to `url`, with `headers`, before `expires` (seconds since 1970).
 *
 * A large file has `parts` instead, each of `part_bytes` but the last, which is what is left; in any order, several at a time. An upload that broke off goes on with those that `GET /api/media/{id}/parts` says are missing.
 */
export interface MediaUpload {
  id: string;
  expires: number;
  method?: string;
  url?: string;
  headers?: Record<string, string>;
  part_bytes?: number;
  parts?: readonly MediaPart[];
}

export interface MemberAdded {
  kind: "member_added";
  seq: number;
  timestamp: number;
  author: string;
  username: string;
  role?: Role;
}

/** `username` is no longer a member: removed by `author`, or left when both are the same. */
export interface MemberRemoved {
  kind: "member_removed";
  seq: number;
  timestamp: number;
  author: string;
  username: string;
}

/** A member as an entry names one. */
export interface MemberRole {
  username: string;
  role: Role;
}

/** `read` is how far the member has read, as far as others are shown it. */
export interface MemberView {
  username: string;
  role: Role;
  read: Cursor;
}

export interface Members {
  members: readonly MemberView[];
  cursor: string | null;
}

export type Membership = "joined" | "left";

/** A message with edits and reactions applied. `edited` and `deleted` are the timestamps of the last such entry, or 0. `mentions` are usernames, and `@all` or `@here` where it names everybody. */
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
  live_until?: number;
  thread?: number;
  reactions?: readonly Reaction[];
  previews?: readonly Preview[];
  edited?: number;
  deleted?: number;
  changed?: number;
}

/** The message at `target` is gone; a tombstone stays. */
export interface MessageDeleted {
  kind: "deleted";
  seq: number;
  timestamp: number;
  author: string;
  target: number;
}

/** The message at `target` (a timestamp) says `text` from now on. `unlinked` are links that are no longer in it and had previews, which go with them. */
export interface MessageEdited {
  kind: "edited";
  seq: number;
  timestamp: number;
  author: string;
  target: number;
  text?: string;
  mentions?: readonly string[];
  unlinked?: readonly string[];
  erased?: boolean;
}

/** The message at `target` has these previews from now on: found by the server for the message's author, or what `author` has left of them. */
export interface MessagePreviewed {
  kind: "previewed";
  seq: number;
  timestamp: number;
  author: string;
  target: number;
  previews?: readonly Preview[];
  erased?: boolean;
}

/**
 * A message. `id` is the client's own; `number` counts the conversation's messages from 1; `reply_to` is a timestamp, and so is `live_until`: until then the author shows where they are. `thread` is the timestamp of the message that the replies began with: the server's own, 0 where the message replies to none. `mentions` are usernames, and `@all` or `@here` where it names everybody.
 *
 * When the message is deleted, what it said is erased from its entry too, and `erased` is true.
 */
export interface MessageSent {
  kind: "message";
  seq: number;
  timestamp: number;
  author: string;
  id: string;
  number: number;
  text?: string;
  reply_to?: number;
  attachments?: readonly Attachment[];
  mentions?: readonly string[];
  live_until?: number;
  thread?: number;
  erased?: boolean;
}

/** Ascending. `more_before` and `more_after`: there are messages beyond this page on that side. */
export interface Messages {
  messages: readonly Message[];
  more_before: boolean;
  more_after: boolean;
  head: Head;
}

/** `private`: others are shown nothing of it. */
export interface MoveCursor {
  /** Microseconds; strictly increasing within a conversation. */
  timestamp: number;
  private?: boolean;
}

/** `result` of an action with nothing to say beyond that it is done. */
export type NoResult = Record<string, never>;

/** What is told of a conversation; nothing until `muted_until` (microseconds). */
export interface NotificationChoice {
  level: Level;
  muted_until: number;
}

/** `key` is the server's public key for push subscriptions (`applicationServerKey`). Of conversations that aren't in `conversations` all is told. Where `receipts` is false, others are not to be shown what the caller reads: a client then says `private` when it moves the cursor. */
export interface Notifications {
  key: string;
  devices: readonly NotifiedDevice[];
  quiet: QuietHoursView | null;
  conversations: Record<string, NotificationChoice>;
  receipts: boolean;
}

/** A browser that is told of messages, by the id that the server gave it. `since` in microseconds. */
export interface NotifiedDevice {
  id: string;
  show_text: boolean;
  since: number;
}

/** Why a file of a pack was not taken: an error's `code`, and what to do. */
export interface PackProblem {
  file: string;
  code: string;
  detail: string;
}

/** How many pictures this call `added`, which files it didn't take, and where the `next` call begins; null: that was all. */
export interface PackTaken {
  pack: PackView;
  added: number;
  next: number | null;
  problems: readonly PackProblem[];
}

/** Pictures of one kind that came together. */
export interface PackView {
  id: string;
  kind: PictureKind;
  title: string;
}

/** By username. Who has said nothing is absent; of what has ended nothing is there. */
export interface PeopleStatuses {
  statuses: Record<string, Status>;
}

/** What a picture is for. A sticker is a message by itself; a GIF moves; an emoji stands in a line as `:name:`. */
export type PictureKind = "emoji" | "gif" | "sticker";

/** One of the server's own pictures. `media` is its id; `alt` says in words what it shows. `url` is its content and `still`, where it moves, a picture of it that doesn't; good until `expires` (seconds since 1970), or for ever where that is absent. `thumbhash` is base64, sizes are in pixels. */
export interface PictureView {
  media: string;
  kind: PictureKind;
  name: string;
  url: string;
  added_by?: string;
  added?: number;
  still?: string;
  expires?: number;
  type?: string;
  width?: number;
  height?: number;
  thumbhash?: string;
  animated?: boolean;
  alt?: string;
  tags?: readonly string[];
  pack?: string;
}

/** `cursor` says from where to go on, also where `pictures` are few or none; null: that was all. */
export interface Pictures {
  pictures: readonly PictureView[];
  cursor: string | null;
}

/** Answered at once: keeps the connection and the presence lease. */
export interface Ping {
  action: "ping";
  /** The client's own number; the answer repeats it. */
  request?: number;
}

export type Presence = "away" | "offline" | "online";

export interface PresenceEvent {
  type: "presence";
  username: string;
  status: Presence;
}

/** `result` of the action `presence`: the status of each person that the connection watches, by username. */
export interface PresenceResult {
  presence: Record<string, Presence>;
}

/**
 * What a page that a message links to says of itself. `url` is the link as it stands in the message; `site` its host, in ASCII, so that no other one can look like it; `picture` a file of the server's own.
 *
 * One without a `title` was taken away by somebody: it isn't shown, and doesn't come again.
 */
export interface Preview {
  url: string;
  title?: string;
  description?: string;
  site?: string;
  picture?: Attachment | null;
}

/** An error (RFC 9457). `code` is stable; `detail` says what to do. */
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

/** A browser's push subscription: its `endpoint` and its keys (base64url). `show_text`: notifications there say what was written. */
export interface PutDevice {
  /** The address of a push service, https. */
  endpoint: string;
  p256dh: string;
  auth: string;
  show_text?: boolean;
}

/** Without a role: a member where the person is new, and unchanged where not. */
export interface PutMember {
  role?: Role;
}

/** From minute `begin` of the day to minute `end`, also over midnight, in the time zone `zone` (its IANA name), which is `offset` minutes east of Greenwich now. */
export interface QuietHours {
  /** Of a day, from midnight on. */
  begin: number;
  /** Of a day, from midnight on. */
  end: number;
  /** Such as `Europe/Madrid`. */
  zone: string;
  /** Minutes east of Greenwich. */
  offset: number;
}

/** From minute `begin` of the day in the time zone `zone` to minute `end`, nothing is told. */
export interface QuietHoursView {
  begin: number;
  end: number;
  zone: string;
  offset: number;
}

/** Who reacted with one emoji, in the order in which they did. */
export interface Reaction {
  emoji: string;
  users: readonly string[];
}

export interface ReactionAdded {
  kind: "reaction_added";
  seq: number;
  timestamp: number;
  author: string;
  target: number;
  emoji: string;
}

export interface ReactionRemoved {
  kind: "reaction_removed";
  seq: number;
  timestamp: number;
  author: string;
  target: number;
  emoji: string;
}

/** Moves the read cursor forward. `private`: others are shown nothing of it. Answered with `read` and `unread`. */
export interface Read {
  action: "read";
  /** The client's own number; the answer repeats it. */
  request?: number;
  conversation: string;
  /** Microseconds; strictly increasing within a conversation. */
  timestamp: number;
  private?: boolean;
}

/** Somebody's read cursor moved. What was read privately is told to that person's own devices alone. */
export interface ReadEvent {
  type: "read";
  conversation: string;
  username: string;
  read: Cursor;
}

export interface ReadState {
  read: Cursor;
  unread: number;
}

/** Whether the receiver shows others from now on what was read, as another device has set it: see `set_receipts`. */
export interface ReceiptsEvent {
  type: "receipts";
  shown: boolean;
}

/** The token is taken from the cookie where it is absent here. */
export interface Refresh {
  refresh_token?: string | null;
  return_refresh_token?: boolean;
}

export interface ResendCode {
  /** Lower-case letters, digits, `_`, `.` and `-`; begins with a letter or digit. */
  username: string;
}

export interface ResetPassword {
  /** Lower-case letters, digits, `_`, `.` and `-`; begins with a letter or digit. */
  username: string;
  code: string;
  new: string;
}

/** The answer to an action. What `result` holds stands with the action. */
export interface Result {
  type: "result";
  request: number;
  result: Record<string, unknown>;
}

export type Role = "admin" | "member" | "owner";

export interface RoleChanged {
  kind: "role_changed";
  seq: number;
  timestamp: number;
  author: string;
  username: string;
  role: Role;
}

export interface SearchResult {
  conversation: string;
  message: Message;
}

/** `cursor` says from where to go on, also where `results` are few or none; null: that was all. */
export interface SearchResults {
  results: readonly SearchResult[];
  cursor: string | null;
}

/** Sends a message: the same as `POST /api/conversations/{id}/messages`. Answered with `message` and `created`. */
export interface Send {
  action: "send";
  /** The client's own number; the answer repeats it. */
  request?: number;
  conversation: string;
  /** The client's own id. A retry with the same id has no second effect; a UUID or ULID is a good one. */
  id: string;
  text?: string;
  /** Microseconds; strictly increasing within a conversation. */
  reply_to?: number;
  attachments?: readonly AttachmentRef[];
  /** For so long the message shows where its author is: 0, or from 60 on. */
  live_seconds?: number;
}

export interface SendMessage {
  /** The client's own id. A retry with the same id has no second effect; a UUID or ULID is a good one. */
  id: string;
  text?: string;
  /** Microseconds; strictly increasing within a conversation. */
  reply_to?: number;
  attachments?: readonly AttachmentRef[];
  /** For so long the message shows where its author is: 0, or from 60 on. */
  live_seconds?: number;
}

/** `result` of the action `send`. `created` is false where the message was there already: a retry. */
export interface SendResult {
  message: Message;
  created: boolean;
}

/** `expires_in` is in seconds. `refresh_token` is there only where the request asked for it. */
export interface Session {
  access_token: string;
  expires_in: number;
  user: User;
  refresh_token?: string;
}

/** Says how this device is, and whose presence it wants to follow. Answered with `presence`, a status by username. */
export interface SetPresence {
  action: "presence";
  /** The client's own number; the answer repeats it. */
  request?: number;
  status?: Presence;
  watch?: readonly string[];
}

export interface SetQuietHours {
  quiet: QuietHours | null;
}

/** `shown`: whether others are to be shown what the caller reads. */
export interface SetReceipts {
  shown: boolean;
}

/** All of it: what is absent is not said any more. `until` and `dnd_until` (microseconds) are when it ends; 0: when it is changed. `dnd`: the caller isn't to be disturbed, so nothing is told on any device. */
export interface SetStatus {
  /** One emoji, or empty. */
  emoji?: string;
  /** One line. */
  text?: string;
  /** Microseconds; strictly increasing within a conversation. */
  until?: number;
  dnd?: boolean;
  /** Microseconds; strictly increasing within a conversation. */
  dnd_until?: number;
}

/** What is absent did not change. */
export interface SettingsChanged {
  kind: "settings_changed";
  seq: number;
  timestamp: number;
  author: string;
  live_typing?: boolean;
  history?: History;
}

/** `return_refresh_token`: put the refresh token into the body too, for a client that keeps no cookies. */
export interface SignIn {
  /** Lower-case letters, digits, `_`, `.` and `-`; begins with a letter or digit. */
  username: string;
  password: string;
  return_refresh_token?: boolean;
}

export interface SignOut {
  refresh_token?: string | null;
  everywhere?: boolean;
}

/** `email` is needed where new accounts are confirmed with a code, and not kept where they are not. */
export interface SignUp {
  /** Lower-case letters, digits, `_`, `.` and `-`; begins with a letter or digit. */
  username: string;
  password: string;
  /** A person's name as others see it. */
  name?: string;
  invite?: string | null;
  /** Where a code is sent to, where the server asks for one. */
  email?: string;
}

/** `emoji` and `text` hold until `until`; `dnd` says that the person isn't to be disturbed, until `dnd_until`. Times are in microseconds; 0: until it is changed. `since` is when it was said: of two, the later one holds. */
export interface Status {
  emoji?: string;
  text?: string;
  until?: number;
  dnd?: boolean;
  dnd_until?: number;
  since?: number;
}

/** Somebody whom the receiver follows, or the receiver, says something else of themselves now. */
export interface StatusEvent {
  type: "status";
  username: string;
  status: Status;
}

export interface TitleChanged {
  kind: "title_changed";
  seq: number;
  timestamp: number;
  author: string;
  title: string;
}

/** The caller is typing; to be repeated every three seconds while that is so. `thread`: in the thread that began with the message of this timestamp. */
export interface Typing {
  action: "typing";
  /** The client's own number; the answer repeats it. */
  request?: number;
  conversation: string;
  /** Microseconds; strictly increasing within a conversation. */
  thread?: number;
}

/** Somebody is typing; shown for five seconds unless it comes again or a message of that person does. `thread` is what they answer: the timestamp of the message that a thread began with, 0 for none. */
export interface TypingEvent {
  type: "typing";
  conversation: string;
  username: string;
  thread: number;
}

/** What is absent stays. */
export interface UpdateConversation {
  title?: string;
  live_typing?: boolean;
  history?: History;
}

/** What is absent stays. `gifs`: who may add GIFs; `house`: whether the pack that comes with the product is shown. */
export interface UpdateLibrary {
  gifs?: Adding;
  house?: boolean;
}

/** What is absent stays. `picture` is a completed upload of the caller's, "" to have none. */
export interface UpdateMe {
  /** A person's name as others see it. */
  name?: string;
  /** A completed upload; empty: none. */
  picture?: string;
}

/** For administrators. */
export interface UpdateUser {
  disabled?: boolean;
  admin?: boolean;
  /** Empty: the person's picture is removed. */
  picture?: string;
}

/** A person as others see one. `picture` is the file that shows the person, another one with each change, or "". `picture_url` is where it can be read, small and standing still, for an hour at the most; only who asks for the person by name gets it. */
export interface User {
  username: string;
  name?: string;
  admin?: boolean;
  disabled?: boolean;
  created?: number;
  picture?: string;
  picture_url?: string;
}

/** `cursor` is null on the last page. */
export interface Users {
  users: readonly User[];
  cursor: string | null;
}

/** What a message said from `timestamp` on. */
export interface Version {
  timestamp: number;
  text?: string;
}

/** Newest first. `cursor` is what to give as `before` for the next page, null on the last one. */
export interface Versions {
  versions: readonly Version[];
  cursor: number | null;
}

/** Good once, for `expires_in` seconds, for the user and the web origin that asked for it. */
export interface WebSocketTicket {
  ticket: string;
  expires_in: number;
}

/** Where things are, from `/config.json`. */
export interface Config {
  api: string;
  ws: string;
  /** What files may be, in bytes; larger ones than `part_bytes` come in parts of so many. */
  media?: { bytes_max: number; part_bytes: number; files_max: number };
  sign_up: "open" | "invite" | "closed";
  demo?: boolean;
  codes?: boolean;
  /** For how long whoever wrote a message can change it; 0 is for ever. */
  edit_seconds?: number;
}

/** Entries about an earlier message, named by its timestamp in `target`. */
export type AboutMessage = MessageEdited | MessageDeleted | ReactionAdded | ReactionRemoved | MessagePreviewed;

/** What a conversation's log is made of: `kind` tells them apart. */
export type Entry = ConversationCreated | MessageSent | MessageEdited | MessageDeleted | ReactionAdded | ReactionRemoved | MessagePreviewed | MemberAdded | MemberRemoved | RoleChanged | TitleChanged | SettingsChanged;

/** What a reader is given. */
export type VisibleEntry = ConversationCreated | MessageSent | MessageEdited | MessageDeleted | ReactionAdded | ReactionRemoved | MessagePreviewed | MemberAdded | MemberRemoved | RoleChanged | TitleChanged | SettingsChanged | Hidden;

/** What a client sends: `action` tells them apart. */
export type Action = Send | Read | Typing | Draft | Locate | SetPresence | Ping;

/** What the server pushes: `type` tells them apart. */
export type Event = EntryEvent | HeadEvent | ReadEvent | TypingEvent | DraftEvent | KeptDraftEvent | LocationEvent | ConversationChanged | PresenceEvent | StatusEvent | ReceiptsEvent | Goodbye;

/** All that the server sends over the WebSocket. */
export type Frame = EntryEvent | HeadEvent | ReadEvent | TypingEvent | DraftEvent | KeptDraftEvent | LocationEvent | ConversationChanged | PresenceEvent | StatusEvent | ReceiptsEvent | Goodbye | Result | ActionError;

/** Every code that an error can have. */
export type ErrorCode = "attachment_not_found" | "conversation_not_found" | "direct_conversation" | "emoji_not_found" | "forbidden" | "group_full" | "id_reused" | "internal" | "invalid_code" | "invalid_request" | "invite_invalid" | "invite_required" | "last_owner" | "library_full" | "live_location_over" | "live_typing_off" | "media_broken" | "media_mismatch" | "media_not_found" | "media_not_ready" | "media_too_complex" | "media_unsupported" | "member_not_found" | "message_deleted" | "message_not_found" | "method_not_allowed" | "name_taken" | "not_found" | "not_supported" | "origin_not_allowed" | "overloaded" | "pack_broken" | "pack_not_found" | "picture_not_found" | "picture_unsuitable" | "rate_limited" | "reply_not_found" | "session_ended" | "shutting_down" | "sign_up_closed" | "ticket_invalid" | "token_expired" | "too_large" | "too_late_to_edit" | "too_many_connections" | "too_many_reactions" | "unauthenticated" | "unavailable" | "upload_incomplete" | "user_not_found" | "username_taken" | "weak_password" | "wrong_credentials";
