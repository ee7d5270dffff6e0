/** A file that is only downloaded: never shown in the page, whatever it says it is. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Client } from "../../api/client.ts";
import { attempt } from "../../app/notices.ts";
import { shownName, sizeText } from "../../state/media.ts";
import { useChat } from "../context.ts";
import { Icon, type IconName } from "../icons.tsx";
import { t } from "../../words/index.ts";

interface Named {
  readonly media: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

export function FileRow({ file }: { file: Named }): JSX.Element {
  const { client } = useChat();
  const [asking, setAsking] = useState(false);
  const get = async (): Promise<void> => {
    setAsking(true);
    await attempt(download(client, file));
    setAsking(false);
  };
  return (
    <div class="file-row">
      <Icon name={iconOf(file)} />
      <FileName file={file} />
      <button type="button" class="icon-button" tabIndex={-1} disabled={asking} aria-label={t("Download {name}", { name: shownName(file.name) })} title={t("Download")} onClick={() => void get()}>
        <Icon name="download" />
      </button>
    </div>
  );
}

export function FileName({ file }: { file: Pick<Named, "name" | "size"> }): JSX.Element {
  return (
    <span class="file-text">
      <bdi class="file-name" title={shownName(file.name)}>{shownName(file.name)}</bdi>
      <small>{sizeText(file.size)}</small>
    </span>
  );
}

/** Hands the file to the browser, under its own name; by an address of its own, since `download` counts for nothing where files have another origin. */
export async function download(client: Client, { media, name }: Pick<Named, "media" | "name">): Promise<void> {
  const { url } = await client.getMedia(media, true);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.rel = "noopener";
  document.body.append(link);
  link.click();
  link.remove();
}

const ARCHIVE = /zip|tar|compress|rar|7z|gzip/;

export function iconOf({ type }: Pick<Named, "type">): IconName {
  if (type.startsWith("image/")) return "image";
  if (type.startsWith("video/")) return "film";
  if (type.startsWith("audio/")) return "music";
  if (type.startsWith("text/") || /pdf|document|msword|presentation|sheet/.test(type)) return "text";
  return ARCHIVE.test(type) ? "archive" : "file";
}
