/** A link with which one person can make an account. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { attempt, notify } from "../app/notices.ts";
import { t } from "../words/index.ts";
import { useChat } from "./context.ts";

export function Invite(): JSX.Element {
  const chat = useChat();
  const [link, setLink] = useState("");
  const make = async (): Promise<void> => {
    const made = chat.client.createInvite().then(({ code }) => {
      setLink(new URL(`/sign-up?invite=${encodeURIComponent(code)}`, location.href).href);
    });
    await attempt(made);
  };
  if (!link) {
    return (
      <button type="button" class="button" onClick={() => void make()}>
        {t("Invite somebody")}
      </button>
    );
  }
  return (
    <div class="copied">
      <input readOnly dir="ltr" aria-label={t("Link for one person")} value={link} onFocus={(event) => event.currentTarget.select()} />
      <button type="button" class="button" onClick={() => void navigator.clipboard.writeText(link).then(() => notify(t("Copied.")))}>
        {t("Copy")}
      </button>
    </div>
  );
}
