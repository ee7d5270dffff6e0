/** A voice note in the list, and the line that goes on showing it when one is elsewhere. */

import type { JSX } from "preact";
import type { Attachment } from "../../api/media.ts";
import type { Note } from "../../app/media/playback.ts";
import { navigate, pathOf } from "../../app/route.ts";
import { durationText } from "../../state/media.ts";
import { PEAKS } from "../../state/peaks.ts";
import { useChat } from "../context.ts";
import { Icon } from "../icons.tsx";
import { t, tp } from "../../words/index.ts";
import { Waveform } from "./waveform.tsx";

/** Of a note without stored peaks: an even line. */
const EVEN: readonly number[] = Array.from({ length: PEAKS }, () => 48);

export function VoiceNote({ file, author, conversation }: { file: Attachment; author: string; conversation: string }): JSX.Element {
  const { media, people } = useChat();
  const { playback } = media;
  const here = playback.note.value?.media === file.media;
  const playing = here && playback.playing.value;
  const duration = file.duration ?? (here ? playback.duration.value : 0);
  const position = playback.positionOf(file.media);
  const local = media.uploads.previews.ofMedia(file.media);
  const note: Note = { media: file.media, conversation, name: people.name(author), duration: file.duration ?? 0, local };
  const label = playing ? t("Pause the voice note") : t("Play the voice note");
  return (
    <div class="voice" role="group" aria-label={t("Voice note, {duration}", { duration: durationText(duration) })}>
      <button type="button" class="round-button" tabIndex={-1} aria-label={label} title={label} onClick={() => void playback.toggle(note)}>
        <Icon name={playing ? "pause" : "play"} />
      </button>
      <Waveform
        peaks={file.peaks?.length ? file.peaks : EVEN}
        position={position}
        duration={duration}
        label={t("Position in the voice note")}
        onSeek={(seconds) => playback.seek(note, seconds)}
      />
      <span class="voice-time">{durationText(position || playing ? position : duration)}</span>
      <Rate stop={-1} />
      {here && playback.failed.value && <span class="problem" role="alert">{t("It can’t be played now. Try again.")}</span>}
    </div>
  );
}

function Rate({ stop }: { stop: -1 | 0 }): JSX.Element {
  const { playback } = useChat().media;
  const rate = playback.rate.value;
  return (
    <button type="button" class="rate" tabIndex={stop} aria-label={t("Speed: {rate} times", { rate })} title={t("Speed")} onClick={() => playback.nextRate()}>
      {t("{rate}×", { rate })}
    </button>
  );
}

/** Shown while a note of another conversation is heard. */
export function NowPlaying({ shown }: { shown: string }): JSX.Element | null {
  const { playback } = useChat().media;
  const note = playback.note.value;
  if (!note || note.conversation === shown) return null;
  const playing = playback.playing.value;
  return (
    <div class="now-playing" role="group" aria-label={t("Voice note that plays")}>
      <button type="button" class="icon-button" aria-label={playing ? t("Pause") : t("Play")} title={playing ? t("Pause") : t("Play")} onClick={() => void playback.toggle(note)}>
        <Icon name={playing ? "pause" : "play"} />
      </button>
      <button type="button" class="text-button now-playing-name" onClick={() => navigate(pathOf(note.conversation))}>
        {tp("Voice note of {name}", { name: <bdi>{note.name}</bdi> })}
      </button>
      <span class="voice-time">{durationText(playback.position.value)}</span>
      <Rate stop={0} />
      <button type="button" class="icon-button" aria-label={t("Stop the voice note")} title={t("Stop")} onClick={() => playback.close()}>
        <Icon name="close" />
      </button>
    </div>
  );
}
