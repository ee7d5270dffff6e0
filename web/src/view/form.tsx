/** What the forms at the door have in common. */

import { useSignal, type Signal } from "@preact/signals";
import type { JSX } from "preact";
import { sentenceOf } from "../api/errors.ts";
import { t } from "../words/index.ts";

interface Form {
  busy: Signal<boolean>;
  failed: Signal<string>;
  submit: (event: SubmitEvent) => Promise<void>;
}

/** One form at the door: `work` is what its button does. */
export function useForm(work: (data: FormData) => Promise<void>): Form {
  const busy = useSignal(false);
  const failed = useSignal("");
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    failed.value = "";
    try {
      await work(new FormData(event.target as HTMLFormElement));
    } catch (error) {
      failed.value = sentenceOf(error);
    } finally {
      busy.value = false;
    }
  };
  return { busy, failed, submit };
}

export const text = (data: FormData, name: string): string => String(data.get(name) ?? "");
export const usernameOf = (data: FormData): string => text(data, "username").trim().toLowerCase();

/** Where the keyboard begins. The attribute `autofocus` is looked at once a page, and not always for what comes later. */
export const begin = (element: HTMLElement | null): void => element?.focus();

export function UsernameField({ value = "", first = false }: { value?: string; first?: boolean }): JSX.Element {
  return (
    <label class="field">
      <span>{t("Username")}</span>
      <input
        name="username"
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        required
        maxLength={32}
        defaultValue={value}
        {...(first && { ref: begin })}
      />
    </label>
  );
}

export function NewPassword({ name, label }: { name: string; label: string }): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <input name={name} type="password" autocomplete="new-password" required minLength={10} maxLength={256} />
      <small>{t("At least 10 characters.")}</small>
    </label>
  );
}

/** What went wrong, and the button that does it. */
export function Actions({ busy, failed, label }: { busy: boolean; failed: string; label: string }): JSX.Element {
  return (
    <>
      <p class="failure" role="alert">
        {failed}
      </p>
      <button class="button primary" disabled={busy}>
        {busy ? t("One moment…") : label}
      </button>
    </>
  );
}
