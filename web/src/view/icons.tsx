/** The icons, drawn for this page on a grid of 24. */

import type { JSX } from "preact";

const PATHS = {
  send: "M5 12h13M12 5l7 7-7 7",
  plus: "M12 5v14M5 12h14",
  search: "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14Zm5 12 4.5 4.5",
  back: "M15 5l-7 7 7 7",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Zm-6 8.5c.5-3.3 2.9-5 6-5s5.5 1.7 6 5M16 5.2a3 3 0 0 1 0 5.6M17.5 14.8c2 .6 3.2 2.2 3.5 4.7",
  reply: "M10 6 4.5 11.5 10 17M5 11.5h8.5c3.3 0 5.5 2 6 6",
  thread: "M4.5 5.5h13v8.5h-8l-5 4v-4M12 18h5l3 2.5v-9.5",
  edit: "M4.5 19.5l1-4.2L16 4.8l3.2 3.2L8.7 18.5l-4.2 1ZM13.8 7l3.2 3.2",
  trash: "M5 7h14M10 7V4.8h4V7M7 7l.8 12.2h8.4L17 7M10.3 10.5v5.5M13.7 10.5v5.5",
  close: "M6 6l12 12M18 6 6 18",
  pin: "M12 21c-4-4.5-6.5-7.8-6.5-11a6.5 6.5 0 0 1 13 0c0 3.2-2.5 6.5-6.5 11ZM12 7.7a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6Z",
  down: "M12 5v13M6 13l6 6 6-6",
  up: "M12 19V6M6 11l6-6 6 6",
  clock: "M12 4.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15ZM12 8v4.3l2.8 1.7",
  check: "M5 12.5l4.5 4.5L19 7.5",
  warning: "M12 4.5 20.5 19h-17L12 4.5ZM12 10v4.2M12 16.6v.2",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4ZM9 14.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4Z",
  unread: "M5 6.5h9.5M19 11v6.5H5v-11M19 3.9a2.6 2.6 0 1 1 0 5.2 2.6 2.6 0 0 1 0-5.2Z",
  smile: "M12 4.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15ZM8.8 13.6c.6 1.5 1.8 2.3 3.2 2.3s2.6-.8 3.2-2.3M9.4 10v.2M14.6 10v.2",
  more: "M4.7 12a.8.8 0 1 0 1.6 0 .8.8 0 1 0-1.6 0M11.2 12a.8.8 0 1 0 1.6 0 .8.8 0 1 0-1.6 0M17.7 12a.8.8 0 1 0 1.6 0 .8.8 0 1 0-1.6 0",
  attach: "M19 11.5l-7.4 7.4a4.6 4.6 0 0 1-6.5-6.5l8-8a3.1 3.1 0 0 1 4.4 4.4l-7.9 7.9a1.6 1.6 0 0 1-2.2-2.2l7.2-7.2",
  microphone: "M12 3.5a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0v-5a3 3 0 0 1 3-3ZM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3",
  play: "M8 5.5v13l10.5-6.5L8 5.5Z",
  pause: "M8.5 5.5v13M15.5 5.5v13",
  stop: "M7 7h10v10H7Z",
  bookmark: "M7 4.5h10v15l-5-3.8-5 3.8ZM12 7.5v5M9.5 10h5",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  retry: "M19 12a7 7 0 1 1-2.2-5.1M19.5 3.5V8H15",
  image: "M4 5h16v14H4ZM4 16l4.5-4.5 3.5 3.5 3-3 5 5M9 8.6a.8.8 0 1 0 0 1.6.8.8 0 1 0 0-1.6",
  film: "M4 5h16v14H4ZM8 5v14M16 5v14M4 9.5h4M4 14.5h4M16 9.5h4M16 14.5h4",
  music: "M9 17.5V6l10-2v11.5M9 17.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0ZM19 15.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0Z",
  file: "M6 3.5h7.5L18 8v12.5H6ZM13.5 3.5V8H18",
  text: "M6 3.5h7.5L18 8v12.5H6ZM13.5 3.5V8H18M9 12h6M9 16h6",
  archive: "M6 3.5h12v17H6ZM12 3.5v9M10.5 14.5h3v3h-3Z",
  larger: "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14Zm5 12 4.5 4.5M11 8v6M8 11h6",
  smaller: "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14Zm5 12 4.5 4.5M8 11h6",
  previous: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
} as const;

/** Those that point somewhere; they point the other way where the page is read from right to left. */
const POINTING: ReadonlySet<string> = new Set(["send", "back", "reply", "previous", "next", "text"]);

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class={POINTING.has(name) ? "icon pointing" : "icon"} viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
      <path d={PATHS[name]} fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}

/** Two bubbles around one table. */
export function Logo(): JSX.Element {
  return (
    <svg class="logo" viewBox="0 0 64 64" width="40" height="40" aria-hidden="true">
      <path class="logo-back" d="M52.5 27.5c.2 1 .3 2 .3 3C52.8 43.3 41.7 52.9 28.2 53c3.7 3 8.6 4.8 14 4.8 1.1 0 2.2-.1 3.3-.2 2.9 2.1 6.4 3.5 10.3 4 .9.1 1.5-.9.9-1.6-1.7-2-2.7-4.3-3.1-6.7C57.7 50.3 60 46 60 41.2c0-5.5-2.9-10.4-7.5-13.7Z" />
      <path class="logo-front" d="M26 8C13.8 8 4 16.3 4 26.6c0 6 3.3 11.3 8.4 14.7-.4 3-1.7 5.9-3.9 8.2-.7.7-.1 1.8.8 1.7 5-.6 9.4-2.6 12.8-5.4 1.3.2 2.6.3 3.9.3 12.2 0 22-8.3 22-18.6S38.2 8 26 8Z" />
      <g class="logo-dots">
        <circle cx="17" cy="27" r="3.2" />
        <circle cx="26" cy="27" r="3.2" />
        <circle cx="35" cy="27" r="3.2" />
      </g>
    </svg>
  );
}
