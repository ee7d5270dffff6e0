/** Everything that runs for one signed-in person, put together. */

import { batch, computed, effect, signal } from "@preact/signals";
import { Client } from "../api/client.ts";
import { socketAddress } from "../api/config.ts";
import { newId } from "../api/ids.ts";
import type { Config, ConversationView, Event, Goodbye, User, VisibleEntry, WebSocketTicket } from "../api/types.ts";
import { Gathering } from "../realtime/gathering.ts";
import { Socket, type SocketState } from "../realtime/socket.ts";
import { fromView } from "../state/conversations.ts";
import { naming } from "../state/everyone.ts";
import { gistParts } from "../state/gist.ts";
import type { Message } from "../state/messages.ts";
import { t } from "../words/index.ts";
import { Deleting } from "./deleting.ts";
import { Drafts } from "./drafts.ts";
import type { KeptDrafts } from "./kept-drafts.ts";
import type { Restored } from "./restoring.ts";
import type { Keeping } from "./keeping.ts";
import { Library } from "./library.ts";
import { MediaDesk } from "./media/desk.ts";
import { Moment } from "./moment.ts";
import { announced, Announcer } from "./announcer.ts";
import { Locating } from "./locating.ts";
import { attempt, notify } from "./notices.ts";
import { Notifying } from "./notifying.ts";
import { watchOffline } from "./offline.ts";
import { holdPage } from "./pages.ts";
import { People } from "./people.ts";
import { Preferences } from "./preferences.ts";
import { learn, statusHere, watched } from "./presence.ts";
import { Reading } from "./reading.ts";
import { Searching } from "./searching.ts";
import { Sending } from "./sending.ts";
import { route } from "./route.ts";
import { settings } from "./settings.ts";
import { Database } from "./storage.ts";
import { Store } from "./store.ts";
import { Sync } from "./sync.ts";

const WATCH_AFTER = 300;
const RESYNC_AGAIN = 2_000;

export class Chat {
  readonly me: User;
  readonly config: Config;
  readonly client: Client;
  readonly store = new Store();
  readonly people: People;
  readonly sending: Sending;
  readonly moment: Moment;
  readonly sync: Sync;
  readonly reading: Reading;
  readonly drafts: Drafts;
  readonly media: MediaDesk;
  readonly searching: Searching;
  readonly library: Library;
  readonly preferences: Preferences;
  readonly notifying: Notifying;
  readonly announcer = new Announcer();
  readonly deleting: Deleting;
  readonly locating: Locating;
  /** Whether there has been no connection for so long that the person should know. */
  readonly offline = signal(false);
  /** Whether the server ended this connection for good, such as for too many open ones. */
  readonly parted = signal(false);
  /** Called when the server says that the sign-in session is over. */
  onEnd: () => void = () => undefined;
  private readonly connection = signal<SocketState>("connecting");
  readonly connected = computed(() => this.connection.value === "open");
  private readonly keeping: Keeping;
  private readonly socket: Socket;
  private readonly events = new Gathering<Event>((all) => batch(() => this.receiveAll(all)));
  private readonly database = new Database();
  /** Drafts at the server, once there was a connection. */
  private kept: Promise<KeptDrafts> | undefined;
  /** For the first connection: asked for while what was kept is read. */
  private ticket: Promise<WebSocketTicket> | null = null;
  private stopped = false;
  private readonly ends: (() => void)[] = [];
  /** Whose presence the server was last asked for on this connection; null before it was. */
  private following: string | null = null;

  constructor(config: Config, client: Client, me: User, keeping: Keeping) {
    this.keeping = keeping;
    this.config = config;
    this.client = client;
    this.me = me;
    this.people = new People(client);
    this.people.know([me]);
    this.sync = new Sync(client, this.store, me.username);
    this.sync.ahead = () => {
      const here = route.peek();
      return here.name === "conversation" ? here : null;
    };
    this.sync.onEntry = (conversation, entry) => this.noticed(conversation, entry);
    this.moment = new Moment((action, fields) => void this.socket.call(action, fields).catch(() => undefined));
    this.reading = new Reading(this.store, me.username, (conversation, timestamp) => this.tellRead(conversation, timestamp));
    this.searching = new Searching((asked, cursor, limit) => client.searchMessages(asked, cursor, limit));
    this.library = new Library(client, me.username);
    this.preferences = new Preferences(client, me.username);
    this.notifying = new Notifying(this.store, this.people, me.username, this.preferences);
    this.drafts = new Drafts(me.username);
    this.media = new MediaDesk(client, config, (file, problem) => this.sending.fileChanged(file, problem));
    this.sending = new Sending(me.username, {
      send: (conversation, message) => client.sendMessage(conversation, message),
      arrived: (conversation, entry) => {
        this.events.flush();
        this.media.uploads.settled((entry.attachments ?? []).map((file) => file.media));
        return this.sync.entry({ conversation, entry });
      },
      storage: this.database,
      reupload: (files) => this.media.uploads.again(files),
    });
    this.locating = new Locating({
      tell: ({ conversation, timestamp }, place) => this.socket.call("location", { conversation, timestamp, ...place }),
      failed: () => notify(t("The browser no longer says where you are, so it isn’t shared."), true),
    });
    this.deleting = new Deleting((conversation, timestamp) => attempt(client.deleteMessage(conversation, timestamp)));
    this.socket = new Socket({
      address: socketAddress(config.ws, location.href),
      ticket: async () => {
        const early = this.ticket;
        this.ticket = null;
        return (await (early ?? client.createTicket())).ticket;
      },
      onEvent: (event) => this.events.add(event),
      onOpen: () => void this.opened(),
      onState: (state) => (this.connection.value = state),
    });
  }

  /** What was kept is shown first; then the connection brings it up to date. */
  async start(): Promise<void> {
    this.watchConnection();
    this.ticket = this.client.createTicket();
    this.ticket.catch(() => undefined);
    await this.keeping.restore(this.store, this.people, this.me.username);
    if (this.stopped) return;
    void this.sync.glance().catch(() => undefined);
    this.keeping.watch(this.store, this.people);
    this.notifying.start();
    this.watchPresence();
    this.locating.resume();
    const going = (): void => void this.deleting.flush();
    addEventListener("pagehide", going);
    this.ends.push(() => removeEventListener("pagehide", going));
    this.socket.start();
    holdPage();
    void this.renewPush();
    void this.sending.load();
  }

  stop(): void {
    this.stopped = true;
    this.keeping.stop();
    this.notifying.stop();
    void this.deleting.flush();
    void this.kept?.then((kept) => kept.stop());
    this.locating.stop();
    this.socket.stop();
    this.events.stop();
    this.sending.stop();
    this.media.stop();
    this.moment.stop();
    this.announcer.stop();
    for (const end of this.ends) end();
    void this.database.close();
  }

  disconnect(): void {
    this.socket.stop();
  }

  reconnect(): void {
    this.parted.value = false;
    this.socket.stop();
    this.socket.start();
  }

  /** Begins a conversation, or finds the direct one there is, and answers its id. */
  async begin(kind: "direct" | "group", members: string[], title = ""): Promise<string> {
    const request = kind === "group" ? { kind, members, title, id: newId() } : { kind, members };
    const view: ConversationView = await this.client.createConversation(request);
    this.store.take(fromView(view));
    return view.id;
  }

  /** Edits, reacts: the server answers with the message; the entry comes by the log like everything. */
  edit(conversation: string, message: Message, text: string): Promise<boolean> {
    return attempt(this.client.editMessage(conversation, message.timestamp, text));
  }

  removePreviews(conversation: string, message: Message): Promise<boolean> {
    return attempt(this.client.removePreviews(conversation, message.timestamp));
  }

  react(conversation: string, message: Message, emoji: string, on: boolean): Promise<boolean> {
    return attempt(this.client.react(conversation, message.timestamp, emoji, on));
  }

  /** What goes wrong with one of them is told, and keeps none of the others. */
  private receiveAll(events: Event[]): void {
    for (const event of events) {
      try {
        this.receive(event);
      } catch (error) {
        reportError(error);
      }
    }
  }

  private receive(event: Event): void {
    switch (event.type) {
      case "entry":
        void this.sync.entry(event).catch(() => undefined);
        break;
      case "head":
        void this.sync.heardOf(event).catch(() => undefined);
        break;
      case "read":
        this.sync.read(event);
        break;
      case "typing":
        if (event.username !== this.me.username) this.moment.typing(event);
        break;
      case "draft":
        if (event.username !== this.me.username) this.moment.draft(event);
        break;
      case "kept_draft":
        void this.kept?.then((kept) => kept.heard(event));
        break;
      case "location":
        this.locating.heard(event);
        break;
      case "presence":
        this.people.setPresence(event.username, event.status);
        break;
      case "status":
        this.saying(({ put }) => put(this.people, event.username, event.status));
        break;
      case "receipts":
        this.preferences.toldReceipts(event.shown);
        break;
      case "conversation":
        if (event.change === "left") this.sync.leave(event.conversation);
        else void this.sync.join(event.conversation).catch(() => undefined);
        break;
      case "goodbye":
        this.goodbye(event);
        break;
    }
  }

  private goodbye({ reason }: Goodbye): void {
    if (reason !== "too_many_connections" && reason !== "session_ended") return;
    this.socket.stop();
    if (reason === "session_ended") this.onEnd();
    else this.parted.value = true;
  }

  private noticed(conversation: string, entry: VisibleEntry): void {
    if (entry.kind !== "message") return;
    this.moment.said(conversation, entry.author);
    void this.notifying.noticed(conversation, entry).catch(() => undefined);
    const mine = entry.author === this.me.username;
    if (mine) return this.media.uploads.settled((entry.attachments ?? []).map((file) => file.media));
    const here = conversation === this.store.shown.peek();
    if (!announced(settings.announcing.peek(), here, naming(entry.mentions, this.me.username))) return;
    const [said, attached] = gistParts(entry);
    const name = this.people.name(entry.author);
    this.announcer.message(here ? name : t("{name}, elsewhere", { name }), said, attached);
  }

  /** The order matters: the connection receives already, so between it and what is read now there is no gap. */
  private async opened(): Promise<void> {
    try {
      await this.sync.resync();
    } catch {
      const again = setTimeout(() => this.connected.peek() && void this.opened(), RESYNC_AGAIN);
      this.ends.push(() => clearTimeout(again));
      return;
    }
    this.media.uploads.resume();
    this.sending.flush();
    this.preferences.missed();
    void this.reading.flush();
    void this.preferences.known().catch(() => undefined);
    this.follow(watched(this.store, this.me.username), true);
    void this.keepDrafts().catch(() => undefined);
  }

  /** Drafts come after all that a first screen needs. */
  private async keepDrafts(): Promise<void> {
    this.kept ??= import("./kept-drafts.ts").then(({ begin }) => begin(this));
    const kept = await this.kept;
    if (this.stopped) kept.stop();
    else await kept.connect();
  }

  /** Puts back what a draft has beside its text, where it has anything. */
  async restoreDraft(visit: Restored): Promise<void> {
    const { files, reply } = this.drafts.of(visit.desk);
    if (!files.length && !reply && visit.mode.peek().kind === "new") this.media.uploads.known.add(visit.desk);
    else await import("./kept-drafts.ts").then(({ restore }) => restore(this, visit), () => undefined);
  }

  /** Only after what other devices set is known: others may no longer be shown what is read. */
  private async tellRead(conversation: string, timestamp: number): Promise<unknown> {
    await this.preferences.known();
    const move = { timestamp, ...(!this.preferences.receipts.peek() && { private: true }) };
    return this.connected.peek() ? this.socket.call("read", { conversation, ...move }) : this.client.moveCursor(conversation, move);
  }

  /** What people say of themselves comes with the first connection. */
  private saying(then: (saying: typeof import("./saying.ts")) => unknown): void {
    void import("./saying.ts").then(then).catch(() => undefined);
  }

  /** A subscription may have changed while no page was open, and ends with the session that it was made in. */
  private async renewPush(): Promise<void> {
    if (settings.push.peek() !== "on") return;
    const { renew } = await import("./pushing.ts");
    await renew(this.client, this.config.api);
  }

  /** `afresh`: of what changed before, some was perhaps not told. */
  private follow(watch: string[], afresh = false): void {
    this.following = watch.join();
    const told = this.socket.call("presence", { status: statusHere(), watch });
    told.then((answer) => learn(this.people, answer)).catch(() => undefined);
    this.saying(({ ask, forget }) => {
      if (afresh) forget(this.people);
      return ask(this.client, this.people, [this.me.username, ...watch]);
    });
  }

  private watchConnection(): void {
    const end = effect(() => {
      this.people.setPresence(this.me.username, this.connected.value ? "online" : "offline");
      this.preferences.missed();
    });
    this.ends.push(end, watchOffline(this.connected, this.offline, () => !this.parted.peek()));
  }

  private watchPresence(): void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = effect(() => {
      const watch = watched(this.store, this.me.username);
      if (!this.connected.value) this.following = null;
      if (this.following === null || this.following === watch.join()) return;
      this.following = watch.join();
      clearTimeout(timer);
      timer = setTimeout(() => this.follow(watch), WATCH_AFTER);
    });
    const changed = (): void => {
      if (this.connected.peek()) this.follow(watched(this.store, this.me.username));
    };
    document.addEventListener("visibilitychange", changed);
    this.ends.push(end, () => clearTimeout(timer), () => document.removeEventListener("visibilitychange", changed));
  }
}
