/** Bringing pictures into the library: uploaded like any file, then added under a name. */

import type { Client, NewPicture } from "../../api/client.ts";
import { putContent } from "../../api/media.ts";
import type { PackProblem, PictureKind, PictureView } from "../../api/types.ts";
import { UploadJob } from "../../app/media/upload-job.ts";

/** Uploads a whole file and answers the server's name of it. Raises what goes wrong. */
export async function upload(client: Client, content: Blob, name: string, sent: (share: number) => void = () => undefined): Promise<string> {
  const ports = {
    announce: (file: { name: string; type: string; size: number }) => client.createMedia(file),
    missing: (media: string) => client.missingParts(media),
    complete: (media: string) => client.completeMedia(media),
    frame: () => Promise.resolve(null),
    put: putContent,
  };
  const job = new UploadJob(content, name, ports, { sent: (bytes) => sent(bytes / content.size), checking: () => sent(1) });
  return (await job.run(new AbortController().signal)).id;
}

export async function addPicture(client: Client, content: Blob, file: string, picture: Omit<NewPicture, "media">): Promise<PictureView> {
  return client.addPicture({ ...picture, media: await upload(client, content, file) });
}

export interface PackResult {
  readonly added: number;
  readonly problems: readonly PackProblem[];
}

/** Uploads a zip and has the server take its pictures, some at a time; `done` is told how many it has looked at. */
export async function addPack(client: Client, zip: File, kind: PictureKind, done: (looked: number) => void): Promise<PackResult> {
  const media = await upload(client, zip, zip.name);
  let added = 0;
  const problems: PackProblem[] = [];
  for (let start: number | null = 0; start !== null; ) {
    const taken = await client.addPack({ media, kind, start });
    added += taken.added;
    problems.push(...taken.problems);
    start = taken.next;
    if (start !== null) done(start);
  }
  return { added, problems };
}
