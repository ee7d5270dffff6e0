/** Where one writes. A plain text box: dictation, input methods, undo and spelling are the browser's own. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { settings } from "../app/settings.ts";
import { written } from "../words/formats.ts";
import { unread, type Conversation } from "../state/conversations.ts";
import { withFaces } from "../state/emoticons.ts";
import { asksFor } from "../state/everyone.ts";
import { gist } from "../state/gist.ts";
import { changeable } from "../state/messages.ts";
import type { Picture } from "../state/pictures.ts";
import { t, tp } from "../words/index.ts";
import { useCompletion } from "./completion.tsx";
import { command, lastOf, markingKey, reactingKey, replyToLast } from "./composer-keys.ts";
import { useChat } from "./context.ts";
import { EmojiButton } from "./emoji-button.tsx";
import { Icon } from "./icons.tsx";
import { LocationButton } from "./location-button.tsx";
import { AttachButton, RecordButton } from "./media/attach-button.tsx";
import { attach, pasted } from "./media/attach.ts";
import { post, postPicture } from "./media/composer-media.ts";
import { useRestored } from "./restored.ts";
import { later } from "./later.tsx";
import { Tray } from "./media/tray.tsx";
import type { Visit } from "./visit.ts";

const TEXT_MAX = 8_000;
/** From here on the characters that are left are shown. */
const COUNT_FROM = 7_500;
const Naming = later(async () => (await import("./naming.tsx")).Naming, true);
const Everybody = later(async () => (await import("./naming.tsx")).Everybody);
const Recorder = later(() => import("./media/recorder.tsx").then((module) => module.Recorder));

interface Props {
  conversation: Conversation;
  visit: Visit;
  name: string;
}

export function Composer({ conversation, visit, name }: Props): JSX.Element {
  const chat = useChat();
  const box = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => chat.drafts.get(visit.desk));
  const [recording, setRecording] = useState(false);
  const [telling, setTelling] = useState(0);
  const completion = useCompletion(conversation, box, visit.thread ? "-in-thread" : "");
  const mode = visit.mode.value;
  const length = [...text].length;
  const live = conversation.live_typing;
  const filled = !!text.trim() || (mode.kind === "new" || mode.kind === "reply" ? chat.media.uploads.draft(visit.desk).value.length > 0 : false);

  const put = (value: string): void => {
    setText(value);
    if (visit.mode.peek().kind !== "edit") chat.drafts.set(visit.desk, value);
  };
  visit.setText = put;
  visit.focusComposer = () => box.current?.focus();

  useLayoutEffect(() => grow(box.current), [text]);
  useLayoutEffect(() => {
    if (mode.kind === "edit") setText(mode.message.text);
    if (mode.kind !== "new") box.current?.focus();
  }, [mode]);
  useLayoutEffect(() => {
    if (matchMedia("(pointer: fine)").matches) box.current?.focus();
  }, []);
  useEffect(() => () => chat.moment.done(visit.id, live), []);
  useRestored(chat, visit, setText);

  const back = (): void => {
    const wasEdit = visit.mode.peek().kind === "edit";
    visit.mode.value = { kind: "new" };
    if (wasEdit) setText(chat.drafts.get(visit.desk));
  };

  const target = (): number => (mode.kind === "reply" ? mode.message.timestamp : visit.replyTo());

  /** `sure`: the person was asked whether so many are to be told. */
  const submit = async (sure = false): Promise<void> => {
    const value = text.trim();
    if (mode.kind !== "edit" && !visit.thread && command(value, visit)) return put("");
    if (!filled || length > TEXT_MAX) return;
    if (mode.kind === "edit") {
      if (value !== mode.message.text && !(await chat.edit(visit.id, mode.message, value))) return;
      return back();
    }
    const many = sure ? 0 : asksFor(value, conversation);
    if (many) return setTelling(many);
    const said = settings.faces.peek() === "on" ? withFaces(value) : value;
    if (!post(chat, visit, said, target())) return;
    put("");
    visit.mode.value = { kind: "new" };
    chat.moment.done(visit.id, live);
    visit.toEnd();
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing || completion.onKey(event)) return;
    const plainKey = !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey;
    const control = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (event.key === "Enter" && (settings.sending.peek() === "enter" ? plainKey : control)) void submit();
    else if (reactingKey(event)) visit.reacting.value = lastOf(chat, visit) ?? null;
    else if (markingKey(event, box.current!)) return event.preventDefault();
    else if (event.key === "Escape" && mode.kind !== "new") back();
    else if (event.key === "Escape") escape();
    else if (event.key === "PageUp" && event.shiftKey) visit.toUnread();
    else if (!text && event.key === "ArrowUp" && plainKey) editLast();
    else if (!text && event.key === "ArrowUp" && event.shiftKey) replyToLast(chat, visit);
    else if (!text && event.key === "PageUp") visit.byPages(-1);
    else if (!text && event.key === "PageDown") visit.byPages(1);
    else return;
    event.preventDefault();
  };

  /** Nothing is left to cancel: everything is read, and the list goes to its end. */
  const escape = (): void => {
    if (visit.leave) return visit.leave();
    const last = conversation.last_message;
    if (last && unread(conversation)) chat.reading.saw(visit.id, last);
    visit.toEnd();
  };

  const editLast = (): void => {
    const own = visit.messages().findLast((message) => changeable(message, chat.me.username, chat.config.edit_seconds ?? 0) && !chat.deleting.gone(visit.id, message));
    if (own) visit.mode.value = { kind: "edit", message: own };
  };

  const onInput = (event: Event): void => {
    const { value } = event.currentTarget as HTMLTextAreaElement;
    put(value);
    completion.look();
    if (mode.kind !== "edit") chat.moment.typedHere(visit.id, visit.writingIn, value, live);
  };

  const onPaste = (event: ClipboardEvent): void => {
    const files = pasted(event);
    if (!files.length) return;
    event.preventDefault();
    attach(chat, visit.desk, files);
  };

  /** A message of its own; what is being written stays. */
  const sendPicture = (picture: Picture): void => {
    if (!postPicture(chat, visit.id, picture, target())) return;
    if (mode.kind === "reply") back();
    visit.toEnd();
  };

  const stopRecording = (): void => {
    setRecording(false);
    box.current?.focus();
  };

  const label = visit.thread ? t("Reply in the thread") : t("Message {name}", { name });
  return (
    <form
      class="composer"
      aria-label={visit.thread ? label : t("Write a message")}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {mode.kind !== "new" && <ModeLine visit={visit} onCancel={back} />}
      <Tray conversation={visit.desk} onLeave={() => box.current?.focus()} />
      {recording && <Recorder visit={visit} onClose={stopRecording} />}
      {completion.list}
      {mode.kind !== "edit" && text.includes("@") && <Naming text={text} conversation={conversation} onAdded={() => box.current?.focus()} />}
      {telling > 0 && <Everybody count={telling} onSend={() => void submit(true)} onClose={() => setTelling(0)} />}
      <div class="composer-box">
        <AttachButton conversation={visit.desk} />
        <textarea
          ref={box}
          rows={1}
          dir="auto"
          value={text}
          placeholder={label}
          aria-label={mode.kind === "edit" ? t("Edit your message") : label}
          {...completion.aria}
          onInput={onInput}
          onSelect={completion.look}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        {length > COUNT_FROM && (
          <span class={length > TEXT_MAX ? "count over" : "count"} role="status">
            {written(TEXT_MAX - length)}
          </span>
        )}
        <EmojiButton box={box} onPicture={sendPicture} />
        {!text && mode.kind === "new" && !visit.thread && <LocationButton conversation={visit.id} />}
        <RecordButton recording={recording} onClick={() => setRecording(true)} />
        <button class="send" disabled={!filled || length > TEXT_MAX} aria-label={mode.kind === "edit" ? t("Save") : t("Send")} title={mode.kind === "edit" ? t("Save") : t("Send")}>
          <Icon name={mode.kind === "edit" ? "check" : "send"} />
        </button>
      </div>
    </form>
  );
}

function ModeLine({ visit, onCancel }: { visit: Visit; onCancel: () => void }): JSX.Element | null {
  const { people } = useChat();
  const mode = visit.mode.value;
  if (mode.kind === "new") return null;
  return (
    <div class="mode-line">
      <Icon name={mode.kind === "edit" ? "edit" : "reply"} />
      <span class="mode-text">
        {mode.kind === "edit" ? t("Editing your message") : <span>{tp("Replying to {name}", { name: <bdi>{people.name(mode.message.author)}</bdi> })}</span>}
        <span class="mode-quote" dir="auto">{gist(mode.message)}</span>
      </span>
      <button type="button" class="icon-button" aria-label={t("Cancel")} title={t("Cancel")} onClick={onCancel}>
        <Icon name="close" />
      </button>
    </div>
  );
}

/** As high as the text, where the browser can't do so by itself. */
function grow(box: HTMLTextAreaElement | null): void {
  if (!box || CSS.supports("field-sizing", "content")) return;
  box.style.blockSize = "auto";
  box.style.blockSize = `${box.scrollHeight}px`;
}
