/** One's own account: the picture and the name that others see, inviting people, signing out. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { attempt, notify } from "../app/notices.ts";
import { navigate } from "../app/route.ts";
import { t } from "../words/index.ts";
import { useAccount, useChat } from "./context.ts";
import { Dialog } from "./dialog.tsx";
import { Invite } from "./invite.tsx";
import { OwnPicture } from "./own-picture.tsx";
import { OwnStatus } from "./own-status.tsx";

export default function AccountDialog({ onClose }: { onClose: () => void }): JSX.Element {
  const account = useAccount();
  const { me } = useChat();
  return (
    <Dialog title={t("Your account")} onClose={onClose}>
      <OwnPicture />
      <OwnStatus />
      <Name />
      {me.admin && (
        <a
          href="/admin"
          onClick={(event) => {
            event.preventDefault();
            onClose();
            navigate("/admin");
          }}
        >
          {t("Administration")}
        </a>
      )}
      {me.admin && account.config.sign_up !== "closed" && <Invite />}
      <div class="dialog-choices">
        <button type="button" class="button" onClick={() => void attempt(account.signOut(true))}>
          {t("Sign out everywhere")}
        </button>
        <button type="button" class="button primary" onClick={() => void attempt(account.signOut())}>
          {t("Sign out")}
        </button>
      </div>
    </Dialog>
  );
}

function Name(): JSX.Element {
  const chat = useChat();
  const before = chat.people.user(chat.me.username)?.name ?? "";
  const [name, setName] = useState(before);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const saved = chat.client.updateMe({ name: name.trim() }).then((user) => chat.people.know([user]));
    if (await attempt(saved)) notify(t("Your name is saved."));
  };
  return (
    <form class="inline-form" onSubmit={(event) => void save(event)}>
      <label class="field">
        <span>{t("Your name, as others see it")}</span>
        <input value={name} maxLength={64} dir="auto" autocomplete="name" onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <button class="button" disabled={name.trim() === before}>
        {t("Save")}
      </button>
    </form>
  );
}
