/** Live locations: where others are, and telling others where this device is for as long as its person wanted. */

import { signal, type Signal } from "@preact/signals";
import type { LocationEvent } from "../api/types.ts";
import type { Place } from "../state/location.ts";

/** So often at most a position is told, in milliseconds; and so often at least, for who has come since. */
const EVERY = 5_000;
const AGAIN = 25_000;
const KEPT = "tertulia.sharing";
/** Live locations whose last position is remembered; the oldest are forgotten first. */
const REMEMBERED = 200;

export interface Share {
  readonly conversation: string;
  /** Of the message that began it. */
  readonly timestamp: number;
  /** Milliseconds since 1970. */
  readonly until: number;
}

export interface Sighting extends Place {
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface LocatingPorts {
  tell: (share: Share, place: Place) => Promise<unknown>;
  /** Called where the device doesn't say where it is. */
  failed: () => void;
}

export class Locating {
  /** What this device shares now. */
  readonly shares = signal<readonly Share[]>([]);
  private readonly seen = new Map<number, Signal<Sighting | null>>();
  private readonly ports: LocatingPorts;
  private watch: number | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  private last: Place | null = null;
  private told = 0;
  /** Whether there is a newer position than was told. */
  private moved = false;

  constructor(ports: LocatingPorts) {
    this.ports = ports;
  }

  /** Goes on with what this tab shared before it was loaded again. */
  resume(): void {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]") as Share[];
      this.put(kept.filter((share) => share.until > Date.now()));
    } catch {
      return;
    }
  }

  /** The last that is known of the live location that the message at `timestamp` began. */
  sighting(timestamp: number): Signal<Sighting | null> {
    let known = this.seen.get(timestamp);
    if (!known) {
      if (this.seen.size >= REMEMBERED) this.seen.delete(this.seen.keys().next().value!);
      this.seen.set(timestamp, (known = signal(null)));
    }
    return known;
  }

  heard({ timestamp, latitude, longitude, accuracy }: LocationEvent): void {
    this.sighting(timestamp).value = { latitude, longitude, accuracy, at: Date.now() };
  }

  begin(share: Share): void {
    this.put([...this.shares.peek(), share]);
  }

  end(timestamp: number): void {
    this.put(this.shares.peek().filter((share) => share.timestamp !== timestamp));
  }

  /** Forgets what it shares: whoever signs in next shares nothing. */
  stop(): void {
    this.put([]);
  }

  private put(shares: readonly Share[]): void {
    this.shares.value = shares;
    try {
      if (shares.length) sessionStorage.setItem(KEPT, JSON.stringify(shares));
      else sessionStorage.removeItem(KEPT);
    } catch {
      // Then it is not gone on with.
    }
    if (shares.length) this.start();
    else this.rest();
  }

  private start(): void {
    if (this.watch !== undefined) return void (this.last && this.tell());
    this.watch = navigator.geolocation.watchPosition(
      ({ coords }) => {
        this.last = { latitude: coords.latitude, longitude: coords.longitude, accuracy: coords.accuracy };
        if (Date.now() - this.told >= EVERY) this.tell();
        else this.moved = true;
      },
      (error) => {
        if (error.code !== error.PERMISSION_DENIED) return; // It may yet know.
        this.put([]);
        this.ports.failed();
      },
      { enableHighAccuracy: true },
    );
    this.timer = setInterval(() => this.tick(), EVERY);
  }

  private tick(): void {
    const lasting = this.shares.peek().filter((share) => share.until > Date.now());
    if (lasting.length < this.shares.peek().length) this.put(lasting);
    const waited = Date.now() - this.told;
    if (this.last && lasting.length && (waited >= AGAIN || (this.moved && waited >= EVERY))) this.tell();
  }

  private tell(): void {
    this.told = Date.now();
    this.moved = false;
    for (const share of this.shares.peek()) {
      this.ports.tell(share, this.last!).catch((error: unknown) => {
        if (error instanceof Error && ENDED.has(error.message)) this.end(share.timestamp);
      });
    }
  }

  private rest(): void {
    if (this.watch !== undefined) navigator.geolocation.clearWatch(this.watch);
    clearInterval(this.timer);
    this.watch = this.timer = undefined;
    this.last = null;
    this.told = 0;
  }
}

/** What the server says where there is nothing left to share. */
const ENDED = new Set(["live_location_over", "message_not_found", "conversation_not_found", "forbidden"]);
