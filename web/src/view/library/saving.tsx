/** Saves the moving picture of a message to the library: fetched as it is shown, and uploaded as the saver's own. */

import type { JSX } from "preact";
import { altOf, savable } from "../../state/pictures.ts";
import { useChat } from "../context.ts";
import type { Visit } from "../visit.ts";
import { SaveGif } from "./save-gif.tsx";

export default function Saving({ visit, onClose }: { visit: Visit; onClose: () => void }): JSX.Element | null {
  const { media } = useChat();
  const message = visit.saving.value;
  const file = message && savable(message);
  if (!file) return null;
  const content = async (): Promise<{ content: Blob; file: string }> => {
    const { url } = await media.addresses.renew(file.media);
    const response = await fetch(url);
    if (!response.ok) throw new Error(`The picture can't be had: ${response.status}`);
    return { content: new Blob([await response.arrayBuffer()], { type: file.type }), file: file.name };
  };
  return <SaveGif name={file.alt ? altOf(file) : ""} content={content} onClose={onClose} />;
}
