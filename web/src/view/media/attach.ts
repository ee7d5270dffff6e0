/** The ways by which files come in: dropped, pasted, chosen. */

import { useEffect, useState } from "preact/hooks";
import type { Chat } from "../../app/chat.ts";
import { notify } from "../../app/notices.ts";
import { t } from "../../words/index.ts";

/** Begins to upload files for what is being written in a conversation, and says what can't be. */
export function attach(chat: Chat, conversation: string, files: readonly File[]): void {
  if (!files.length) return;
  for (const problem of chat.media.uploads.add(conversation, files)) notify(problem, true);
}

/** What was pasted as files. Text that comes along, such as from a word processor, is what the person means. */
export function pasted(event: ClipboardEvent): readonly File[] {
  const data = event.clipboardData;
  if (!data || data.types.includes("text/plain")) return [];
  return [...data.files];
}

interface DropArea {
  /** Whether files are held over the area. */
  readonly over: boolean;
  readonly handlers: {
    onDragEnter: (event: DragEvent) => void;
    onDragOver: (event: DragEvent) => void;
    onDragLeave: (event: DragEvent) => void;
    onDrop: (event: DragEvent) => void;
  };
}

/** Takes files that are dropped on an element. The focus stays where it is. */
export function useDrop(onFiles: (files: readonly File[]) => void): DropArea {
  const [over, setOver] = useState(false);
  useEffect(refuseElsewhere, []);
  const take = (event: DragEvent): boolean => {
    if (!hasFiles(event)) return false;
    event.preventDefault();
    return true;
  };
  const handlers = {
    onDragEnter: (event: DragEvent) => {
      if (take(event)) setOver(true);
    },
    onDragOver: (event: DragEvent) => {
      if (take(event)) event.dataTransfer!.dropEffect = "copy";
    },
    onDragLeave: (event: DragEvent) => {
      const area = event.currentTarget as HTMLElement;
      if (!area.contains(event.relatedTarget as Node | null)) setOver(false);
    },
    onDrop: (event: DragEvent) => {
      if (!take(event)) return;
      setOver(false);
      onFiles(dropped(event.dataTransfer!));
    },
  };
  return { over, handlers };
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/** The files among what was dropped; folders can't be sent. */
function dropped(transfer: DataTransfer): readonly File[] {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const folders = items.filter((item) => item.webkitGetAsEntry()?.isDirectory).length;
  if (folders) notify(t("Folders can’t be sent. Pack the folder into one file, or choose the files in it."), true);
  const files = items.filter((item) => !item.webkitGetAsEntry()?.isDirectory).map((item) => item.getAsFile());
  return files.filter((file) => file !== null);
}

/** A file that misses the area must not replace the page. */
function refuseElsewhere(): () => void {
  const refuse = (event: DragEvent): void => {
    if (event.defaultPrevented || !hasFiles(event)) return;
    event.preventDefault();
    event.dataTransfer!.dropEffect = "none";
  };
  addEventListener("dragover", refuse);
  addEventListener("drop", refuse);
  return () => {
    removeEventListener("dragover", refuse);
    removeEventListener("drop", refuse);
  };
}
