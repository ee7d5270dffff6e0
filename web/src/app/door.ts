/** How one gets in: by password, with a code that was sent, or as somebody new. */

import { signal } from "@preact/signals";
import type { NewUser } from "../api/client.ts";

export type Step =
  /** Signing in or up, as the address says; `said` is what the person should know there. */
  | { name: "begin"; username: string; said: string }
  /** A code confirms the new account. Without a password here, signing in is next. */
  | { name: "confirm"; username: string; password: string }
  | { name: "forgot"; username: string }
  /** A code allows a new password. */
  | { name: "reset"; username: string };

export interface Ports {
  /** Answers whether a code was sent. */
  signUp(user: NewUser): Promise<boolean>;
  confirm(username: string, code: string): Promise<unknown>;
  resend(username: string): Promise<unknown>;
  signIn(username: string, password: string): Promise<void>;
  forgot(username: string): Promise<unknown>;
  reset(username: string, code: string, fresh: string): Promise<unknown>;
}

export class Door {
  readonly step = signal<Step>({ name: "begin", username: "", said: "" });
  private readonly ports: Ports;

  constructor(ports: Ports) {
    this.ports = ports;
  }

  /** Back to the beginning, and nothing is kept. */
  begin(username = "", said = ""): void {
    this.step.value = { name: "begin", username, said };
  }

  hasCode(username = ""): void {
    this.step.value = { name: "confirm", username, password: "" };
  }

  forgot(username = ""): void {
    this.step.value = { name: "forgot", username };
  }

  async signIn(username: string, password: string): Promise<void> {
    await this.ports.signIn(username, password);
    this.begin();
  }

  async signUp(user: NewUser): Promise<void> {
    const { username, password } = user;
    if (await this.ports.signUp(user)) this.step.value = { name: "confirm", username, password };
    else await this.enter(username, password, "Your account is made. Sign in.");
  }

  async confirm(username: string, code: string): Promise<void> {
    const step = this.step.peek();
    await this.ports.confirm(username, code);
    const said = "Your account is confirmed. Sign in.";
    if (step.name === "confirm" && step.password) await this.enter(username, step.password, said);
    else this.begin(username, said);
  }

  /** The code of a new account once more. */
  async resend(username: string): Promise<void> {
    await this.ports.resend(username);
  }

  async sendCode(username: string): Promise<void> {
    await this.ports.forgot(username);
    this.step.value = { name: "reset", username };
  }

  async reset(username: string, code: string, fresh: string): Promise<void> {
    await this.ports.reset(username, code, fresh);
    await this.enter(username, fresh, "Your password is changed. Sign in with it.");
  }

  /** Signs in after something that is done and can't be done again; where that fails, the person signs in. */
  private async enter(username: string, password: string, said: string): Promise<void> {
    try {
      await this.signIn(username, password);
    } catch {
      this.begin(username, said);
    }
  }
}
