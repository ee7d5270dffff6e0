/** The buttons with which one attaches: files, or a voice note. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useChat } from "../context.ts";
import { Icon } from "../icons.tsx";
import { t } from "../../words/index.ts";
import { attach } from "./attach.ts";

export function AttachButton({ conversation }: { conversation: string }): JSX.Element {
  const chat = useChat();
  const input = useRef<HTMLInputElement>(null);
  // With the button, and not some time after it is painted: who sees it may press the keys.
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const asked = (event.ctrlKey || event.metaKey) && event.shiftKey && !event.altKey && event.key.toLowerCase() === "u";
      if (!asked || document.querySelector("dialog[open]")) return;
      // Of several places to write, the one that has the focus; else the first.
      const place = document.activeElement?.closest(".thread-panel") ?? document;
      if (place.querySelector(".composer input[type=file]") !== input.current) return;
      event.preventDefault();
      input.current?.click();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t("Files to attach")}
        onChange={(event) => {
          attach(chat, conversation, [...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = ""; // So that the same file can be chosen again.
        }}
      />
      <button type="button" class="icon-button composer-tool" aria-label={t("Attach files")} title={t("Attach files (Ctrl+Shift+U)")} onClick={() => input.current?.click()}>
        <Icon name="attach" />
      </button>
    </>
  );
}

/** Absent where the browser can't record. */
export function RecordButton({ onClick, recording }: { onClick: () => void; recording: boolean }): JSX.Element | null {
  if (typeof MediaRecorder === "undefined" || !navigator.mediaDevices) return null;
  return (
    <button type="button" class="icon-button composer-tool" aria-label={t("Record a voice note")} title={t("Record a voice note")} disabled={recording} onClick={onClick}>
      <Icon name="microphone" />
    </button>
  );
}
