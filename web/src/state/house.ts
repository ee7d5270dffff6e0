/** The stickers that come with the product: files of the page. What they show the server says in English, and the page in its language. */

import { t } from "../words/index.ts";

const HOUSE = /^house-([a-z-]+)$/;
const WORDS: Readonly<Record<string, () => string>> = {
  cup: () => t("A steaming cup of coffee"),
  hello: () => t("A cup waves hello"),
  "thumbs-up": () => t("A cup with its thumb up"),
  heart: () => t("A cup hugs a heart"),
  laughing: () => t("A cup laughs until it spills"),
  crying: () => t("A sad cup in its own puddle"),
  thinking: () => t("A teapot thinks"),
  sleepy: () => t("A cat asleep on a cushion"),
  clap: () => t("Two hands clap"),
  party: () => t("A croissant in a party hat"),
  "thank-you": () => t("A cookie bows and says thank you"),
  surprised: () => t("A lemon jumps with surprise"),
  angry: () => t("A boiling teapot"),
  cool: () => t("A cat with sunglasses"),
  idea: () => t("A lamp lights up above a cup"),
  "on-my-way": () => t("A croissant runs"),
};

/** The name of one of them, from its id; empty where it is another picture. */
export function houseName(media: string): string {
  return HOUSE.exec(media)?.[1] ?? "";
}

export function houseAddress(media: string): string {
  const name = houseName(media);
  return name && `/stickers/${name}.svg`;
}

/** Empty where it isn't known here. */
export function houseWords(media: string): string {
  return WORDS[houseName(media)]?.() ?? "";
}
