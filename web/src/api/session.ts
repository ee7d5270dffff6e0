/** Who is signed in here. The access token is only ever in this object's memory; the refresh token in an HttpOnly cookie. */

import { forgetAhead } from "./ahead.ts";
import { ApiError, NoAnswer } from "./errors.ts";
import { hint, hinted } from "./hint.ts";
import { send, type Call } from "./http.ts";
import type { Session as Granted, User } from "./types.ts";

const LOCK = "tertulia-refresh";
/** Noted while somebody is signed in on this device, because the page can't see the cookie: without it nothing is asked. */
const HINT = "tertulia.signed-in";
/** A token is renewed this many milliseconds before it expires. */
const MARGIN = 30_000;

export class Session {
  private readonly base: string;
  private token = "";
  private expires = 0;
  private refreshing: Promise<User> | null = null;
  private stop = new AbortController();
  /** Called once when the server says that this session is over. */
  onEnd: () => void = () => undefined;

  constructor(base: string) {
    this.base = base;
  }

  /** Whether somebody was signed in here last, as far as can be known without the server. */
  get likely(): boolean {
    return hinted(HINT);
  }

  /** The user whom the refresh cookie belongs to, or null where nobody is signed in. */
  async resume(): Promise<User | null> {
    if (!hinted(HINT)) return null;
    try {
      return await this.refresh();
    } catch (error) {
      if (!(error instanceof ApiError) || error.status >= 500 || error.status === 429) throw error;
      this.forget();
      return null;
    }
  }

  async signIn(username: string, password: string): Promise<User> {
    return this.keep(await this.call("/auth/sign-in", { username, password }));
  }

  /** What is asked meanwhile would be refused, and so would what is still being asked: it ends, as without an answer. */
  async signOut(everywhere = false): Promise<void> {
    this.stop.abort();
    try {
      await this.once<object>({ method: "POST", path: "/auth/sign-out", body: { everywhere } });
    } catch (error) {
      this.stop = new AbortController();
      throw error;
    }
    this.forget();
  }

  /** One request in this session's name. A token that has run out is renewed, and the request sent once more. */
  authorised<T>(call: Call): Promise<T> {
    return this.once<T>({ ...call, signal: this.stop.signal });
  }

  private async once<T>(call: Call): Promise<T> {
    const refreshed = async (): Promise<void> => {
      if (call.signal?.aborted) throw new NoAnswer(call.signal.reason);
      await this.refreshOrEnd();
    };
    if (Date.now() >= this.expires - MARGIN) await refreshed();
    try {
      return await send<T>(this.base, { ...call, token: this.token });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      await refreshed();
      return send<T>(this.base, { ...call, token: this.token });
    }
  }

  forget(): void {
    forgetAhead();
    this.token = "";
    this.expires = 0;
    hint(HINT, false);
  }

  private async refreshOrEnd(): Promise<void> {
    try {
      await this.refresh();
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        this.forget();
        this.onEnd();
      }
      throw error;
    }
  }

  /** Renews the token. Tabs take turns: the refresh token works once, and all of them share its cookie. */
  private refresh(): Promise<User> {
    const renew = async (): Promise<User> => this.keep(await this.call("/auth/refresh", {}));
    this.refreshing ??= (async () => {
      try {
        return await ("locks" in navigator ? navigator.locks.request(LOCK, renew) : renew());
      } finally {
        this.refreshing = null;
      }
    })();
    return this.refreshing;
  }

  private call(path: string, body: object): Promise<Granted> {
    return send<Granted>(this.base, { method: "POST", path, body, ahead: true });
  }

  private keep(granted: Granted): User {
    if (!this.token && this.stop.signal.aborted) this.stop = new AbortController(); // signed in again
    this.token = granted.access_token;
    this.expires = Date.now() + granted.expires_in * 1000;
    hint(HINT, true);
    return granted.user;
  }
}
