/** All that has to do with files, for one signed-in person. */

import type { Client } from "../../api/client.ts";
import { putContent } from "../../api/media.ts";
import type { Config } from "../../api/types.ts";
import { Addresses } from "./addresses.ts";
import { Playback } from "./playback.ts";
import { Uploads, type UploadPorts } from "./uploads.ts";

export class MediaDesk {
  readonly uploads: Uploads;
  readonly addresses: Addresses;
  readonly playback: Playback;

  /** `changed` is told of each file of a message that was uploaded or refused. */
  constructor(client: Client, config: Config, changed: UploadPorts["changed"]) {
    this.addresses = new Addresses((media) => client.getMedia(media));
    this.playback = new Playback(this.addresses);
    this.uploads = new Uploads({
      announce: (file) => client.createMedia(file),
      missing: (media) => client.missingParts(media),
      complete: (media, poster) => client.completeMedia(media, poster),
      frame: (film) => import("./frame.ts").then(({ frameOf }) => frameOf(film)),
      put: putContent,
      changed,
      limits: () => config.media ?? {},
    });
  }

  stop(): void {
    this.uploads.stop();
    this.playback.stop();
  }
}
