/** Faces made of signs, such as `:)`, and the emoji that stand for them. */

import { inCode } from "./completing.ts";

const FACES: Readonly<Record<string, string>> = {
  ":)": "🙂", ":-)": "🙂", ":(": "🙁", ":-(": "🙁", ";)": "😉", ";-)": "😉",
  ":D": "😄", ":-D": "😄", xD: "😆", XD: "😆", ":P": "😛", ":-P": "😛", ":p": "😛", ":-p": "😛",
  ":o": "😮", ":-o": "😮", ":O": "😮", ":-O": "😮", ":'(": "😢", ":*": "😘", ":-*": "😘",
  ":/": "😕", ":-/": "😕", ":|": "😐", ":-|": "😐", "<3": "❤️", "</3": "💔",
};
/** Not longer than the longest of them. */
const WORD = /(?<=^|\s)\S{2,3}(?=\s|$)/gu;

/** The text with emoji for the faces that stand by themselves; in code they stay as they are. */
export function withFaces(text: string): string {
  return text.replace(WORD, (word, at: number) => {
    const face = Object.hasOwn(FACES, word) ? FACES[word] : undefined;
    return face && !inCode(text.slice(0, at)) ? face : word;
  });
}
