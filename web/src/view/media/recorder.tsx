/** Where a voice note is recorded, heard and sent. Loaded when it is first opened. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { LONGEST, Recording, type Recorded } from "../../app/media/recording.ts";
import { durationText } from "../../state/media.ts";
import { useChat } from "../context.ts";
import { Icon, type IconName } from "../icons.tsx";
import { t } from "../../words/index.ts";
import { holdVoice, postVoice } from "./voice.ts";
import type { Visit } from "../visit.ts";
import { Waveform } from "./waveform.tsx";

interface Props {
  visit: Visit;
  onClose: () => void;
}

export function Recorder({ visit, onClose }: Props): JSX.Element {
  const chat = useChat();
  const [recording] = useState(() => new Recording());
  const [sendWhenDone, setSendWhenDone] = useState(false);
  const held = useRef("");
  const state = recording.state.value;
  useEffect(() => {
    void recording.start();
    return () => {
      recording.discard();
      // Neither sent nor discarded: it is among the files to send.
      if (held.current) chat.media.uploads.change(held.current, { aside: false });
    };
  }, []);
  useEffect(() => {
    if (state === "done" && recording.recorded) held.current = holdVoice(chat, visit, recording.recorded);
  }, [state]);
  const send = (): void => {
    if (!held.current) {
      setSendWhenDone(true);
      recording.finish();
      return;
    }
    const sent = postVoice(chat, visit, held.current);
    if (sent) held.current = "";
    if (sent) onClose();
  };
  const discard = (): void => {
    if (held.current) chat.media.uploads.cancel(held.current);
    held.current = "";
    onClose();
  };
  useEffect(() => {
    if (sendWhenDone && state === "done") send();
  }, [sendWhenDone, state]);
  return (
    <div
      class="recorder"
      role="group"
      aria-label={t("Voice note")}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        discard();
      }}
    >
      <Choice icon="trash" label={t("Discard the voice note")} onClick={discard} />
      {state === "refused" ? (
        <p class="problem" role="alert">{recording.problem.value}</p>
      ) : state === "done" ? (
        <Listen recorded={recording.recorded!} />
      ) : (
        <Running recording={recording} />
      )}
      {state !== "refused" && state !== "asking" && (
        <button type="button" class="send" aria-label={t("Send the voice note")} title={t("Send the voice note")} onClick={send}>
          <Icon name="send" />
        </button>
      )}
    </div>
  );
}

function Running({ recording }: { recording: Recording }): JSX.Element {
  const state = recording.state.value;
  const main = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => main.current?.focus(), [state === "asking"]);
  if (state === "asking") return <p class="recorder-words" role="status">{t("Waiting for the microphone…")}</p>;
  const paused = state === "paused";
  return (
    <>
      <span class={paused ? "recorder-light" : "recorder-light on"} aria-hidden="true" />
      <span class="voice-time">{durationText(recording.elapsed.value)}</span>
      <Waveform peaks={recording.peaks.value} position={0} duration={LONGEST} label="" />
      <span class="hidden" role="status">{paused ? t("Paused") : t("Recording")}</span>
      <button ref={main} type="button" class="icon-button" aria-label={paused ? t("Go on recording") : t("Pause recording")} title={paused ? t("Go on") : t("Pause")} onClick={() => (paused ? recording.resume() : recording.pause())}>
        <Icon name={paused ? "microphone" : "pause"} />
      </button>
      <Choice icon="stop" label={t("Stop and listen")} onClick={() => recording.finish()} />
    </>
  );
}

/** What was recorded can be heard before it is sent. */
function Listen({ recorded }: { recorded: Recorded }): JSX.Element {
  const audio = useRef<HTMLAudioElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [position, setPosition] = useState(0);
  const [playing, setPlaying] = useState(false);
  const url = useMemo(() => URL.createObjectURL(recorded.note), [recorded]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  useLayoutEffect(() => button.current?.focus(), []);
  const label = playing ? t("Pause") : t("Listen to the voice note");
  return (
    <>
      <audio
        ref={audio}
        src={url}
        preload="auto"
        hidden
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setPosition(0)}
        onTimeUpdate={(event) => setPosition(event.currentTarget.currentTime)}
      />
      <button
        ref={button}
        type="button"
        class="icon-button"
        aria-label={label}
        title={label}
        onClick={() => (playing ? audio.current?.pause() : void audio.current?.play().catch(() => undefined))}
      >
        <Icon name={playing ? "pause" : "play"} />
      </button>
      <Waveform peaks={recorded.peaks} position={position} duration={recorded.duration} label="" />
      <span class="voice-time">{durationText(position || recorded.duration)}</span>
    </>
  );
}

function Choice({ icon, label, onClick }: { icon: IconName; label: string; onClick: () => void }): JSX.Element {
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
