/** What a page says of itself, as a link to it. Its picture comes from this server: the page's own is asked for nothing. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Attachment } from "../api/media.ts";
import type { Preview } from "../api/types.ts";
import { t } from "../words/index.ts";
import { useNear, useSource } from "./media/near.ts";
import { Placeholder } from "./media/placeholder.tsx";

export function PreviewCard({ preview, host }: { preview: Preview; host: string }): JSX.Element {
  return (
    <a class="preview-link" href={preview.url} target="_blank" rel="noopener noreferrer nofollow" tabIndex={-1}>
      <span class="hidden">{t("Preview:")} </span>
      {/* From right to left, so that of a long host the end stays: that is whose it is. */}
      <span class="preview-site" dir="rtl" title={host}>
        <bdi dir="ltr">{host}</bdi>
      </span>
      <span class="preview-text">
        <span class="preview-title" dir="auto">{preview.title}</span>
        {preview.description && <span class="preview-description" dir="auto">{preview.description}</span>}
      </span>
      {preview.picture && <CardPicture file={preview.picture} />}
    </a>
  );
}

function CardPicture({ file }: { file: Attachment }): JSX.Element {
  const frame = useRef<HTMLSpanElement>(null);
  const { described, failed, onError } = useSource(file.media, useNear(frame));
  const [loaded, setLoaded] = useState(false);
  return (
    <span ref={frame} class="preview-picture">
      {file.thumbhash && !loaded && <Placeholder hash={file.thumbhash} />}
      {described && !failed && (
        <img
          src={described.url}
          alt={file.alt ?? ""}
          width={file.width}
          height={file.height}
          decoding="async"
          draggable={false}
          onLoad={() => setLoaded(true)}
          onError={onError}
        />
      )}
    </span>
  );
}
