import { type OwnImage, ownImages } from '../environments/releases.ts';
import type { OutputFile } from './output.ts';

const reference = /\/orchestra\/([a-z-]+)@(sha256:[0-9a-f]{64})/g;

/** The images of ours that manifests name, each with its digest. */
export function ownDigests(files: readonly OutputFile[]): ReadonlyMap<OwnImage, string> {
  const found = files.flatMap(({ text }) => [...text.matchAll(reference)]);
  return new Map(
    found.flatMap(([, name, digest = '']) => {
      const image = ownImages.find((own) => own === name);
      return image ? [[image, digest] as const] : [];
    }),
  );
}
