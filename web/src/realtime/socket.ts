/** The WebSocket: gets a ticket, connects, notices silence, connects again with jitter. It knows nothing of conversations. */

import { ApiError } from "../api/errors.ts";
import type { ActionError, Event, Frame, Result } from "../api/types.ts";
import { backoff } from "./backoff.ts";

export type SocketState = "connecting" | "open" | "waiting" | "closed";

export interface SocketOptions {
  address: string;
  ticket: () => Promise<string>;
  /** Every pushed event, in the order in which it came. */
  onEvent: (event: Event) => void;
  /** A connection stands: the server pushes from now on. Read what was missed. */
  onOpen: () => void;
  onState: (state: SocketState) => void;
}

export const PING_EVERY = 20_000;
const ANSWER_WITHIN = 10_000;
/** A connection that doesn't answer a ping for this long is given up; another costs little. */
const PONG_WITHIN = 5_000;
/** A connection that lasts this long counts as good: the next failure starts from the shortest wait. */
const GOOD_AFTER = 10_000;

/** A connection is replaced after so long, and up to a tenth earlier: API Gateway ends each after two hours. */
export const LIFE = 110 * 60_000;
export const life = (random: number = Math.random()): number => LIFE * (1 - random / 10);

type Waiting = { resolve: (result: Record<string, unknown>) => void; reject: (error: Error) => void; timer: number };

export class Socket {
  private readonly options: SocketOptions;
  private socket: WebSocket | null = null;
  private failures = 0;
  private opened = 0;
  private timer = 0;
  private pinger = 0;
  private renewal = 0;
  private attempt = 0;
  private next = 1;
  private readonly waiting = new Map<number, Waiting>();
  state: SocketState = "closed";

  constructor(options: SocketOptions) {
    this.options = options;
  }

  start(): void {
    addEventListener("online", this.hurry);
    addEventListener("offline", this.probe);
    void this.connect();
  }

  stop(): void {
    removeEventListener("online", this.hurry);
    removeEventListener("offline", this.probe);
    this.attempt += 1;
    clearTimeout(this.timer);
    this.drop();
    this.become("closed");
  }

  /**
   * The network is back: connects at once. What was begun without it may hang, so it is begun anew; and the first try may
   * come a moment too early (the event runs ahead of the route), so the wait after it is the shortest again.
   */
  readonly hurry = (): void => {
    if (this.state === "open") return this.probe();
    if (this.state === "closed") return;
    this.failures = 0;
    this.drop();
    void this.connect();
  };

  /** Sends an action and waits for its answer. Fails at once where there is no connection. */
  call(action: string, fields: object = {}, within = ANSWER_WITHIN): Promise<Record<string, unknown>> {
    const socket = this.socket;
    if (socket?.readyState !== WebSocket.OPEN) return Promise.reject(new Error("not connected"));
    const request = this.next++;
    return new Promise((resolve, reject) => {
      const timer = window.setTimeout(() => this.settle(request)?.reject(new Error("no answer")), within);
      this.waiting.set(request, { resolve, reject, timer });
      socket.send(JSON.stringify({ action, request, ...fields }));
    });
  }

  /** Asks whether the connection still lives; a browser may not notice for minutes that it does not. */
  private readonly probe = (): void => {
    const socket = this.socket;
    if (this.state !== "open") return;
    this.call("ping", {}, PONG_WITHIN).catch(() => {
      if (this.socket === socket) this.lost();
    });
  };

  /** Puts another connection in the place of this one before the server has to end it. */
  private readonly renew = (): void => {
    this.drop();
    void this.connect();
  };

  private async connect(): Promise<void> {
    clearTimeout(this.timer);
    const attempt = ++this.attempt;
    this.become("connecting");
    try {
      const ticket = await this.options.ticket();
      if (attempt === this.attempt) this.open(ticket);
    } catch (error) {
      if (attempt !== this.attempt) return;
      if (error instanceof ApiError && error.status === 401) this.stop();
      else this.lost(error instanceof ApiError ? error.retryAfter * 1000 : 0);
    }
  }

  private open(ticket: string): void {
    const url = new URL(this.options.address);
    url.searchParams.set("ticket", ticket);
    const socket = new WebSocket(url);
    this.socket = socket;
    this.timer = window.setTimeout(() => this.lost(), ANSWER_WITHIN);
    socket.onopen = () => {
      if (this.socket !== socket) return;
      clearTimeout(this.timer);
      this.opened = Date.now();
      this.pinger = window.setInterval(this.probe, PING_EVERY);
      this.renewal = window.setTimeout(this.renew, life());
      this.become("open");
      this.options.onOpen();
    };
    socket.onmessage = (message) => {
      if (this.socket === socket) this.receive(message.data as string);
    };
    socket.onclose = () => {
      if (this.socket === socket) this.lost();
    };
  }

  private receive(data: string): void {
    const frame = JSON.parse(data) as Frame;
    if (frame.type === "result" || frame.type === "error") this.answer(frame);
    else this.options.onEvent(frame);
  }

  private answer(frame: Result | ActionError): void {
    const waiting = this.settle(frame.request);
    if (frame.type === "result") waiting?.resolve(frame.result);
    else waiting?.reject(new Error(frame.code));
  }

  private settle(request: number): Waiting | undefined {
    const waiting = this.waiting.get(request);
    this.waiting.delete(request);
    if (waiting) clearTimeout(waiting.timer);
    return waiting;
  }

  /** The connection is gone, or did not come about. `least` is the shortest wait in milliseconds before the next. */
  private lost(least = 0): void {
    this.attempt += 1;
    clearTimeout(this.timer);
    if (this.opened && Date.now() - this.opened > GOOD_AFTER) this.failures = 0;
    this.drop();
    this.failures += 1;
    this.become("waiting");
    this.timer = window.setTimeout(() => void this.connect(), Math.max(least, backoff(this.failures)));
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    this.opened = 0;
    clearInterval(this.pinger);
    clearTimeout(this.renewal);
    for (const request of [...this.waiting.keys()]) this.settle(request)?.reject(new Error("connection lost"));
    socket?.close();
  }

  private become(state: SocketState): void {
    if (state === this.state) return;
    this.state = state;
    this.options.onState(state);
  }
}
