/** Which of a file's contents this browser plays. */

import type { Media } from "../../api/media.ts";

/** The address of the content; where it can't be played, or was tried in vain, that of the form that every browser plays. */
export function addressToPlay(file: Media, refused: boolean, plays: (type: string) => boolean = canPlay): string {
  return file.playable && (refused || !plays(file.type)) ? file.playable : file.url;
}

function canPlay(type: string): boolean {
  return document.createElement("video").canPlayType(type) !== "";
}
