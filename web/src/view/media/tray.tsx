/** The files of what is being written: how far each is, and what one can do with it. */

import type { JSX } from "preact";
import { useChat } from "../context.ts";
import { Icon } from "../icons.tsx";
import { kindOf, shownName, sizeText } from "../../state/media.ts";
import { progressOf, type Upload } from "../../state/uploads.ts";
import { iconOf } from "./file-row.tsx";

/** As long as the server lets a description be. */
const ALT_MAX = 500;

export function Tray({ conversation, onLeave }: { conversation: string; onLeave: () => void }): JSX.Element | null {
  const { uploads } = useChat().media;
  const files = uploads.draft(conversation).value;
  if (!files.length) return null;
  return (
    <ul class="tray" aria-label="Files to send">
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
  return (
    <li class={again ? "tray-item troubled" : "tray-item"}>
      <span class="tray-picture">{picture ? <TrayPicture upload={upload} /> : <Icon name={iconOf({ type: upload.type })} />}</span>
      <span class="file-text">
        <bdi class="file-name" title={shownName(upload.name)}>{shownName(upload.name)}</bdi>
        <small class={again ? "problem" : ""} role={again ? "alert" : undefined}>{stateWords(upload)}</small>
      </span>
      {again && (
        <button type="button" class="icon-button" aria-label={`Retry ${shownName(upload.name)}`} title="Retry" onClick={() => uploads.retry(upload.upload)}>
          <Icon name="retry" />
        </button>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label={`${upload.state === "done" || again ? "Remove" : "Cancel"} ${shownName(upload.name)}`}
        title={upload.state === "done" || again ? "Remove" : "Cancel"}
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
          placeholder="Describe it for who can’t see it"
          aria-label={`Description of ${shownName(upload.name)}`}
          onInput={(event) => uploads.describe(upload.upload, event.currentTarget.value)}
        />
      )}
    </li>
  );
}

export function Progress({ upload }: { upload: Upload }): JSX.Element {
  const done = upload.state === "done";
  return (
    <progress class={done ? "upload-progress done" : "upload-progress"} value={progressOf(upload)} max={1} aria-label={`Upload of ${shownName(upload.name)}`} />
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
      return `${size} · waiting`;
    case "sending":
      return `${sizeText(Math.min(upload.sent, upload.size))} of ${size}`;
    case "checking":
      return `${size} · being checked`;
    case "done":
      return `${size} · ready`;
    default:
      return upload.problem;
  }
}
