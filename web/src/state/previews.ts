/** Link previews as they are shown. */

import type { Preview } from "../api/types.ts";

export interface ShownPreview {
  readonly preview: Preview;
  /** Where a click leads to, in ASCII: a name in other letters could look like another one. */
  readonly host: string;
}

/** Those that weren't taken away and lead to the web. */
export function shownPreviews(previews: readonly Preview[]): ShownPreview[] {
  return previews.flatMap((preview) => {
    const host = preview.title ? hostOf(preview.url) : "";
    return host ? [{ preview, host }] : [];
  });
}

/** "" for what is no address of the web. The browser itself says what the host is. */
function hostOf(url: string): string {
  try {
    const { protocol, host } = new URL(url);
    return /^https?:$/.test(protocol) ? host : "";
  } catch {
    return "";
  }
}
