/** This page's tabs among each other: one of them leads, and any says whether somebody looks at a conversation in it. */

import { signal } from "@preact/signals";

const LOCK = "tertulia-leader";
const CHANNEL = "tertulia-tabs";
/** So long the tabs have to say whether they are looked at (milliseconds): a busy one takes its time. */
const ANSWER_IN = 1_000;

type Word = { ask: string; turn: string } | { turn: string; looking: boolean };

export class Tabs {
  /** Whether this is the tab that makes sounds and notifications; where tabs can't agree, each is. */
  readonly leading = signal(false);
  private readonly looks: (conversation: string) => boolean;
  private readonly channel = new BroadcastChannel(CHANNEL);
  private readonly waiting = new Map<string, (looking: boolean) => void>();
  private readonly end = new AbortController();
  private release: () => void = () => undefined;

  /** `looks`: whether somebody looks at that conversation in this tab. */
  constructor(looks: (conversation: string) => boolean) {
    this.looks = looks;
    this.channel.onmessage = ({ data }: MessageEvent<Word>) => this.heard(data);
  }

  start(): void {
    if (!("locks" in navigator)) {
      this.leading.value = true;
      return;
    }
    const lead = (): Promise<void> => {
      this.leading.value = true;
      return new Promise((resolve) => (this.release = resolve));
    };
    // Asked for until this tab ends; who has it leads until then.
    navigator.locks.request(LOCK, { signal: this.end.signal }, lead).catch(() => undefined);
  }

  stop(): void {
    this.leading.value = false;
    this.end.abort();
    this.release();
    this.channel.close();
  }

  /** Whether somebody looks at the conversation, in this tab or in another. Asked by the tab that leads; the others wait to. */
  async watched(conversation: string): Promise<boolean> {
    if (this.looks(conversation)) return true;
    let others = await waitingTabs();
    if (!others) return false;
    const turn = crypto.randomUUID();
    return new Promise((resolve) => {
      const done = (answer: boolean): void => {
        clearTimeout(timer);
        this.waiting.delete(turn);
        resolve(answer);
      };
      const timer = setTimeout(() => done(false), ANSWER_IN);
      this.waiting.set(turn, (looking) => {
        others -= 1;
        if (looking || !others) done(looking);
      });
      this.channel.postMessage({ ask: conversation, turn } satisfies Word);
    });
  }

  private heard(word: Word): void {
    if ("looking" in word) this.waiting.get(word.turn)?.(word.looking);
    else this.channel.postMessage({ turn: word.turn, looking: this.looks(word.ask) } satisfies Word);
  }
}

/** How many other tabs there are; not known where they can't agree who leads. */
async function waitingTabs(): Promise<number> {
  if (!("locks" in navigator)) return Infinity;
  const { pending = [] } = await navigator.locks.query();
  return pending.filter(({ name }) => name === LOCK).length;
}
