/** The files of what is being written: how far each is, and what one can do with it. */

import type { JSX } from "preact";
import { useChat } from "../context.ts";
import { Icon } from "../icons.tsx";
import { kindOf, shownName, sizeText } from "../../state/media.ts";
import { progressOf, type Upload } from "../../state/uploads.ts";
import { t } from "../../words/index.ts";
import { iconOf } from "./file-row.tsx";

/** As long as the server lets a description be. */
const ALT_MAX = 500;

export function Tray({ conversation, onLeave }: { conversation: string; onLeave: () => void }): JSX.Element | null {
  const { uploads } = useChat().media;
  const files = uploads.draft(conversation).value;
  if (!files.length) return null;
  return (
    <ul class="tray" aria-label={t("Files to send")}>
      {files.map((upload) => (
        <TrayItem key={upload.upload} upload={upload} onRemoved={onLeave} />
      ))}
    </ul>
  );
}

function TrayItem({ upload, onRemoved }: { upload: Upload; onRemoved: () => void }): JSX.Element {
  const { uploads } = useChat().media;
  const picture = kindOf(upload) === "image";
  const again = upload.state === "failed" || upload.state === "lost";
  const ended = upload.state === "done" || again;
  const name = shownName(upload.name);
  return (
    <li class={again ? "tray-item troubled" : "tray-item"}>
      <span class="tray-picture">{picture ? <TrayPicture upload={upload} /> : <Icon name={iconOf({ type: upload.type })} />}</span>
      <span class="file-text">
        <bdi class="file-name" title={name}>{name}</bdi>
        <small class={again ? "problem" : ""} role={again ? "alert" : undefined}>{stateWords(upload)}</small>
      </span>
      {again && (
        <button type="button" class="icon-button" aria-label={t("Retry {name}", { name })} title={t("Retry")} onClick={() => uploads.retry(upload.upload)}>
          <Icon name="retry" />
        </button>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label={ended ? t("Remove {name}", { name }) : t("Cancel {name}", { name })}
        title={ended ? t("Remove") : t("Cancel")}
        onClick={() => {
          uploads.cancel(upload.upload);
          onRemoved();
        }}
      >
        <Icon name="close" />
      </button>
      <Progress upload={upload} />
      {picture && (
        <input
          class="tray-alt"
          dir="auto"
          value={upload.alt}
          maxLength={ALT_MAX}
          placeholder={t("Describe it for who can’t see it")}
          aria-label={t("Description of {name}", { name })}
          onInput={(event) => uploads.describe(upload.upload, event.currentTarget.value)}
        />
      )}
    </li>
  );
}

export function Progress({ upload }: { upload: Upload }): JSX.Element {
  const done = upload.state === "done";
  return (
    <progress class={done ? "upload-progress done" : "upload-progress"} value={progressOf(upload)} max={1} aria-label={t("Upload of {name}", { name: shownName(upload.name) })} />
  );
}

function TrayPicture({ upload }: { upload: Upload }): JSX.Element {
  const { uploads } = useChat().media;
  return (
    <img
      src={uploads.previews.ofUpload(upload.upload)}
      alt=""
      onLoad={(event) => {
        const { naturalWidth, naturalHeight } = event.currentTarget;
        uploads.measured(upload.upload, naturalWidth, naturalHeight);
      }}
    />
  );
}

function stateWords(upload: Upload): string {
  const size = sizeText(upload.size);
  switch (upload.state) {
    case "waiting":
      return t("{size} · waiting", { size });
    case "sending":
      return t("{sent} of {size}", { sent: sizeText(Math.min(upload.sent, upload.size)), size });
    case "checking":
      return t("{size} · being checked", { size });
    case "done":
      return t("{size} · ready", { size });
    default:
      return upload.problem;
  }
}
