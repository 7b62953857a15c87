interface Blob {
  bytes: Buffer;
  contentType: string;
}

/** The files at the blob host. */
export interface BlobStore {
  /** Another than the seller's. */
  origin: string;
  /** Keeps a file, in the place of an earlier one of that name. @returns its URL. */
  put(pathname: string, blob: Blob): string;
  /** @returns undefined when the URL is not of this store, or nothing is there. */
  find(url: string): Blob | undefined;
  /** Makes one file disappear, or all. @returns how many there were. */
  remove(url?: string): number;
}

/** An empty store, in memory. */
export function createBlobStore(origin: string): BlobStore {
  const blobs = new Map<string, Blob>();
  const plain = (url: string): string => url.split(/[?#]/)[0] ?? '';
  return {
    origin,
    put(pathname, blob) {
      const url = `${origin}/${pathname}`;
      blobs.set(url, blob);
      return url;
    },
    find: (url) => blobs.get(plain(url)),
    remove(url) {
      const all = blobs.size;
      if (url === undefined) blobs.clear();
      else blobs.delete(plain(url));
      return all - blobs.size;
    },
  };
}
