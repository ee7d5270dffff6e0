/** What was written and not sent, a conversation each. It stays on this device until it is sent or the person signs out. */

export class Drafts {
  private readonly prefix: string;

  constructor(username: string) {
    this.prefix = `tertulia.draft.${username}.`;
  }

  get(conversation: string): string {
    try {
      return localStorage.getItem(this.prefix + conversation) ?? "";
    } catch {
      return "";
    }
  }

  set(conversation: string, text: string): void {
    try {
      if (text) localStorage.setItem(this.prefix + conversation, text);
      else localStorage.removeItem(this.prefix + conversation);
    } catch {
      return; // Storage is full or refused: the draft lives as long as its box.
    }
  }

  clear(): void {
    try {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(this.prefix));
      for (const key of keys) localStorage.removeItem(key);
    } catch {
      return;
    }
  }
}
