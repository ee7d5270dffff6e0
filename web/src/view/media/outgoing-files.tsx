/** The files of a message that is on its way: in the boxes that they will have, with how far they are. */

import type { JSX } from "preact";
import { kindOf } from "../../state/media.ts";
import type { OutgoingFile } from "../../state/uploads.ts";
import { useChat } from "../context.ts";
import { Icon } from "../icons.tsx";
import { t } from "../../words/index.ts";
import { FileName, iconOf } from "./file-row.tsx";
import { Sticker } from "./library-picture.tsx";
import { boxStyle, Picture } from "./picture.tsx";
import { Placeholder } from "./placeholder.tsx";
import { Progress } from "./tray.tsx";
import { Waveform } from "./waveform.tsx";
import { durationText } from "../../state/media.ts";

export function OutgoingFiles({ files }: { files: readonly OutgoingFile[] }): JSX.Element | null {
  if (!files.length) return null;
  const pictures = files.filter((file) => !file.library && kindOf(file) === "image");
  const tiled = pictures.length > 1;
  return (
    <div class="media">
      {pictures.length > 0 && (
        <div class={tiled ? `pictures tiled tiled-${pictures.length}` : "pictures"}>
          {pictures.map((file) => (
            <OutgoingPicture key={file.upload} file={file} tiled={tiled} />
          ))}
        </div>
      )}
      {files.filter((file) => !pictures.includes(file)).map((file) =>
        file.library ? <OutgoingLibrary key={file.upload} file={file} /> : <OutgoingOther key={file.upload} file={file} />,
      )}
    </div>
  );
}

/** It is at the server already, and looks as it will. */
function OutgoingLibrary({ file }: { file: OutgoingFile }): JSX.Element {
  if (file.library === "sticker") return <Sticker file={file} />;
  return <Picture file={file} tiled={false} label={file.alt} onOpen={() => undefined} />;
}

function OutgoingPicture({ file, tiled }: { file: OutgoingFile; tiled: boolean }): JSX.Element {
  const { previews } = useChat().media.uploads;
  const url = previews.ofUpload(file.upload) || previews.ofMedia(file.media);
  return (
    <div class="picture" style={tiled ? {} : boxStyle(file)}>
      {!url && file.thumbhash && <Placeholder hash={file.thumbhash} />}
      {url && <img src={url} alt={file.alt} />}
      <FileProgress file={file} />
    </div>
  );
}

function OutgoingOther({ file }: { file: OutgoingFile }): JSX.Element {
  if (file.voice) {
    return (
      <div class="voice" role="group" aria-label={t("Voice note")}>
        <span class="round-button" aria-hidden="true"><Icon name="play" /></span>
        <Waveform peaks={file.peaks ?? []} position={0} duration={file.duration ?? 0} label="" />
        <span class="voice-time">{durationText(file.duration ?? NaN)}</span>
        <FileProgress file={file} />
      </div>
    );
  }
  return (
    <div class="file-row">
      <Icon name={iconOf(file.type ? file : { type: "" })} />
      <FileName file={file} />
      <FileProgress file={file} />
    </div>
  );
}

function FileProgress({ file }: { file: OutgoingFile }): JSX.Element | null {
  const upload = useChat().media.uploads.get(file.upload);
  return upload && upload.state !== "done" && upload.state !== "failed" ? <Progress upload={upload} /> : null;
}
