/** Signing in and out, and what runs while somebody is signed in. */

import { signal } from "@preact/signals";
import { Client } from "../api/client.ts";
import { loadConfig } from "../api/config.ts";
import { NoAnswer } from "../api/errors.ts";
import { Session } from "../api/session.ts";
import type { Config, User } from "../api/types.ts";
import { t } from "../words/index.ts";
import { Chat } from "./chat.ts";
import { Door } from "./door.ts";
import { forgetUses } from "./emoji.ts";
import { forgetPictures } from "./library.ts";
import { Keeping } from "./keeping.ts";
import { notify } from "./notices.ts";
import { settings } from "./settings.ts";
import { endPush } from "./worker.ts";

export type Phase =
  | { name: "starting"; waiting: boolean }
  | { name: "signed-out" }
  | { name: "signed-in"; chat: Chat };

const AGAIN = 2_000;

export class Account {
  readonly phase = signal<Phase>({ name: "starting", waiting: false });
  config: Config = { api: "/api", ws: "/ws", sign_up: "closed" };
  readonly door = new Door({
    signUp: (user) => this.client.signUp(user),
    confirm: (username, code) => this.client.confirm(username, code),
    signIn: (username, password) => this.signIn(username, password),
    resend: (username) => this.client.resendCode(username),
    forgot: (username) => this.client.forgotPassword(username),
    reset: (username, code, fresh) => this.client.resetPassword(username, code, fresh),
  });
  private session = new Session("/api");
  private client = new Client("/api", this.session);
  private keeping = new Keeping();
  /** Whether this page is signing out itself. */
  private leaving = false;
  private readonly others = new BroadcastChannel("tertulia-account");

  /** Finds out where the server is and who is signed in; waits for as long as it can't be reached. */
  async start(): Promise<void> {
    this.others.onmessage = () => location.reload();
    if (this.session.likely) this.keeping.look();
    for (;;) {
      try {
        this.config = await loadConfig();
        this.session = new Session(this.config.api);
        this.client = new Client(this.config.api, this.session);
        const user = await this.session.resume();
        if (user) this.enter(user);
        else this.out();
        return;
      } catch (error) {
        if (error instanceof NoAnswer && (await this.enterWithout())) return;
        if (!(error instanceof NoAnswer)) notify(t("The server doesn’t answer as it should. Trying again."), true);
        this.phase.value = { name: "starting", waiting: true };
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
      }
    }
  }

  async signOut(everywhere = false): Promise<void> {
    const phase = this.phase.peek();
    if (phase.name !== "signed-in") return;
    this.leaving = true;
    try {
      await phase.chat.deleting.flush();
      await phase.chat.drafts.pause();
      // The server ends it with the session, and nothing is to try to connect again.
      phase.chat.disconnect();
      await this.session.signOut(everywhere);
    } catch (error) {
      phase.chat.reconnect();
      throw error;
    } finally {
      this.leaving = false;
    }
    phase.chat.drafts.clear();
    forgetUses();
    forgetPictures();
    this.leave();
    this.others.postMessage("signed-out");
  }

  private async signIn(username: string, password: string): Promise<void> {
    this.enter(await this.session.signIn(username, password));
    this.others.postMessage("signed-in");
  }

  private enter(user: User): void {
    const keeping = this.keeping;
    void keeping.enter({ config: this.config, user });
    const chat = new Chat(this.config, this.client, user, keeping);
    this.session.onEnd = () => this.ended();
    chat.onEnd = () => this.ended();
    this.phase.value = { name: "signed-in", chat };
    void chat.start();
  }

  /** Without the server, who was signed in last reads what was kept; whether they still are is asked as soon as it can be. */
  private async enterWithout(): Promise<boolean> {
    const kept = this.session.likely ? await this.keeping.identity() : null;
    if (!kept) return false;
    this.config = kept.config;
    this.session = new Session(kept.config.api);
    this.client = new Client(kept.config.api, this.session);
    this.enter(kept.user);
    return true;
  }

  private out(): void {
    this.phase.value = { name: "signed-out" };
    void this.keeping.forget();
    if (settings.push.peek() === "on") void endPush().catch(() => undefined);
    this.keeping = new Keeping();
  }

  /** The session is over, and not because this page ends it. */
  private ended(): void {
    if (this.leaving || this.phase.peek().name !== "signed-in") return;
    this.session.forget();
    notify(t("You have been signed out. Sign in again."), true);
    this.leave();
  }

  private leave(): void {
    const phase = this.phase.peek();
    if (phase.name !== "signed-in") return;
    phase.chat.stop();
    this.out();
  }
}
