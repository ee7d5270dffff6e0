/** What every part of the page can reach: the account, and the chat of who is signed in. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Account } from "../app/account.ts";
import type { Chat } from "../app/chat.ts";

export const AccountContext = createContext<Account | null>(null);
export const ChatContext = createContext<Chat | null>(null);

export function useAccount(): Account {
  return useContext(AccountContext)!;
}

export function useChat(): Chat {
  return useContext(ChatContext)!;
}
