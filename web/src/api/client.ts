/** The operations that this page uses, typed. One method an operation, by its name in the API's table. */

import { allAhead, isAhead } from "./ahead.ts";
import { address, ask, send, type Call, type Query } from "./http.ts";
import type { Session } from "./session.ts";
import type * as t from "./types.ts";

type Method = Call["method"];
export type Page = { before?: number; after?: number; around?: number; thread?: number; limit?: number };
export type Search = { query: string; from?: string; conversation?: string; before?: number; after?: number; has?: string };
export type NewMessage = { id: string; text: string; reply_to?: number; attachments?: readonly t.AttachmentRef[]; live_seconds?: number };
export type NewMedia = { name: string; type: string; size: number };
export type NewConversation = { kind: t.ConversationKind; members: string[]; title?: string; id?: string };
export type NewPicture = { media: string; kind: t.PictureKind; name: string; alt?: string; tags?: readonly string[] };
export type NewUser = { username: string; password: string; name?: string; email?: string; invite?: string };

const LISTED = 100;

export class Client {
  readonly session: Session;
  private readonly base: string;

  constructor(base: string, session: Session) {
    this.base = base;
    this.session = session;
  }

  /** Makes an account. Answers whether a code was sent that has to be confirmed first. */
  async signUp(user: NewUser): Promise<boolean> {
    const { status } = await ask<t.User>(this.base, { method: "POST", path: "/auth/sign-up", body: user });
    return status === 202;
  }

  confirm(username: string, code: string): Promise<object> {
    return send(this.base, { method: "POST", path: "/auth/confirm", body: { username, code } });
  }

  resendCode(username: string): Promise<object> {
    return send(this.base, { method: "POST", path: "/auth/resend-code", body: { username } });
  }

  forgotPassword(username: string): Promise<object> {
    return send(this.base, { method: "POST", path: "/auth/forgot-password", body: { username } });
  }

  resetPassword(username: string, code: string, fresh: string): Promise<object> {
    return send(this.base, { method: "POST", path: "/auth/reset-password", body: { username, code, new: fresh } });
  }

  listUsers(query: { query?: string; usernames?: string; limit?: number; cursor?: string }): Promise<t.Users> {
    return this.call("GET", "/users", query);
  }

  updateMe(change: t.UpdateMe): Promise<t.User> {
    return this.call("PATCH", "/users/me", {}, change);
  }

  updateUser(username: string, change: t.UpdateUser): Promise<t.User> {
    return this.call("PATCH", `/users/${encodeURIComponent(username)}`, {}, change);
  }

  createInvite(): Promise<{ code: string; expires_in: number }> {
    return this.call("POST", "/invites", {}, {});
  }

  createTicket(): Promise<t.WebSocketTicket> {
    return this.session.authorised({ method: "POST", path: "/tickets", ahead: true });
  }

  createConversation(conversation: NewConversation): Promise<t.ConversationView> {
    return this.call("POST", "/conversations", {}, conversation);
  }

  listConversations(cursor = ""): Promise<t.Conversations> {
    return this.call("GET", "/conversations", { limit: LISTED, cursor: cursor || undefined });
  }

  /**
   * The first page, where it was asked for ahead of this program, from before there was a connection; else null. What
   * else was asked for is waited for, so long at most (milliseconds).
   */
  async listedAhead(within: number): Promise<t.Conversations | null> {
    const call = { method: "GET", path: "/conversations", query: { limit: LISTED }, ahead: true } as const;
    await Promise.race([allAhead(), new Promise((resolve) => setTimeout(resolve, within))]);
    return isAhead(call.method, address(this.base, call.path, call.query)) ? this.session.authorised(call) : null;
  }

  getConversation(id: string): Promise<t.ConversationView> {
    return this.call("GET", at(id));
  }

  updateConversation(id: string, change: { title?: string; live_typing?: boolean }): Promise<t.ConversationView> {
    return this.call("PATCH", at(id), {}, change);
  }

  listMembers(id: string, cursor = ""): Promise<t.Members> {
    return this.call("GET", `${at(id)}/members`, { cursor: cursor || undefined });
  }

  putMember(id: string, username: string, role?: t.Role): Promise<t.MemberView> {
    return this.call("PUT", `${at(id)}/members/${encodeURIComponent(username)}`, {}, role ? { role } : {});
  }

  removeMember(id: string, username: string): Promise<object> {
    return this.call("DELETE", `${at(id)}/members/${encodeURIComponent(username)}`);
  }

  listMessages(id: string, page: Page): Promise<t.Messages> {
    return this.session.authorised({ method: "GET", path: `${at(id)}/messages`, query: page, ahead: true });
  }

  readLog(id: string, after: number, limit?: number): Promise<t.Log> {
    return this.call("GET", `${at(id)}/log`, { after, limit });
  }

  sendMessage(id: string, message: NewMessage): Promise<t.Message> {
    return this.call("POST", `${at(id)}/messages`, {}, message);
  }

  editMessage(id: string, timestamp: number, text: string): Promise<t.Message> {
    return this.call("PATCH", `${at(id)}/messages/${timestamp}`, {}, { text });
  }

  listVersions(id: string, timestamp: number, before?: number): Promise<t.Versions> {
    return this.call("GET", `${at(id)}/messages/${timestamp}/edits`, { before });
  }

  deleteMessage(id: string, timestamp: number): Promise<t.Message> {
    return this.session.authorised({ method: "DELETE", path: `${at(id)}/messages/${timestamp}`, keepalive: true });
  }

  removePreviews(id: string, timestamp: number): Promise<t.Message> {
    return this.call("DELETE", `${at(id)}/messages/${timestamp}/previews`);
  }

  react(id: string, timestamp: number, emoji: string, on: boolean): Promise<t.Message> {
    const path = `${at(id)}/messages/${timestamp}/reactions/${encodeURIComponent(emoji)}`;
    return this.call(on ? "PUT" : "DELETE", path);
  }

  listDrafts(): Promise<t.KeptDrafts> {
    return this.call("GET", "/drafts");
  }

  /** `going`: the page may go meanwhile. */
  keepDraft(id: string, draft: t.KeepDraft, going: boolean): Promise<t.DraftKept> {
    return this.session.authorised({ method: "PUT", path: `${at(id)}/draft`, body: draft, ...(going && { keepalive: true }) });
  }

  searchMessages(search: Search, cursor: string, limit: number): Promise<t.SearchResults> {
    return this.call("GET", "/search", { ...search, cursor: cursor || undefined, limit });
  }

  moveCursor(id: string, move: t.MoveCursor): Promise<t.ReadState> {
    return this.call("PUT", `${at(id)}/read`, {}, move);
  }

  createMedia(media: NewMedia): Promise<t.MediaUpload> {
    return this.call("POST", "/media", {}, media);
  }

  missingParts(id: string): Promise<t.MediaParts> {
    return this.call("GET", `/media/${encodeURIComponent(id)}/parts`);
  }

  /** Looking at a large image takes the server a while. */
  completeMedia(id: string, poster = ""): Promise<t.Media> {
    const path = `/media/${encodeURIComponent(id)}/complete`;
    return this.session.authorised({ method: "POST", path, body: poster ? { poster } : {}, timeout: 60_000 });
  }

  /** `download`: the browser saves what is at its address, and doesn't show it. */
  getMedia(id: string, download = false): Promise<t.Media> {
    return this.call("GET", `/media/${encodeURIComponent(id)}${download ? "?download=true" : ""}`);
  }

  getFigures(): Promise<t.Figures> {
    return this.call("GET", "/figures");
  }

  getLibrary(): Promise<t.LibraryView> {
    return this.call("GET", "/library");
  }

  updateLibrary(change: { gifs?: t.Adding; house?: boolean }): Promise<t.LibraryView> {
    return this.call("PATCH", "/library", {}, change);
  }

  listPictures(kind: t.PictureKind, query: string, cursor: string, limit = 100): Promise<t.Pictures> {
    return this.call("GET", "/library/pictures", { kind, query: query || undefined, cursor: cursor || undefined, limit });
  }

  addPicture(picture: NewPicture): Promise<t.PictureView> {
    return this.call("POST", "/library/pictures", {}, picture);
  }

  removePicture(media: string): Promise<object> {
    return this.call("DELETE", `/library/pictures/${encodeURIComponent(media)}`);
  }

  /** Looking at some pictures takes the server a while. */
  addPack(pack: { media: string; kind: t.PictureKind; start: number }): Promise<t.PackTaken> {
    return this.session.authorised({ method: "POST", path: "/library/packs", body: pack, timeout: 60_000 });
  }

  removePack(id: string): Promise<object> {
    return this.call("DELETE", `/library/packs/${encodeURIComponent(id)}`);
  }

  getNotifications(): Promise<t.Notifications> {
    return this.call("GET", "/notifications");
  }

  chooseNotifications(id: string, change: t.ChooseNotifications): Promise<t.NotificationChoice> {
    return this.call("PUT", `/notifications/conversations/${encodeURIComponent(id)}`, {}, change);
  }

  setQuietHours(quiet: t.QuietHours | null): Promise<object> {
    return this.call("PUT", "/notifications/quiet", {}, { quiet });
  }

  putDevice(device: t.PutDevice): Promise<t.NotifiedDevice> {
    return this.call("POST", "/notifications/devices", {}, device);
  }

  removeDevice(id: string): Promise<object> {
    return this.call("DELETE", `/notifications/devices/${encodeURIComponent(id)}`);
  }

  /** Any other operation: what is asked only by parts that are loaded later stands in them (`statuses.ts`). */
  call<T>(method: Method, path: string, query: Query = {}, body?: object): Promise<T> {
    return this.session.authorised<T>({ method, path, query, ...(body && { body }) });
  }
}

function at(conversation: string): string {
  return `/conversations/${encodeURIComponent(conversation)}`;
}
