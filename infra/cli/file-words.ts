const words: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `There is no ${path}.`,
  ENOTDIR: (path) => `${path} is no folder, or in none.`,
  EISDIR: (path) => `${path} is a folder, not a file.`,
  EACCES: (path) => `${path} may not be read or written by you.`,
  EPERM: (path) => `${path} may not be read or written by you.`,
  EROFS: (path) => `${path} is on a disk that cannot be written.`,
  ENOSPC: (path) => `There is no room left for ${path}.`,
};

/** What an error of the file system means to whoever named the file; of any other error its own words. */
export function fileWords(error: unknown): string {
  const { message, code, path } = error as NodeJS.ErrnoException;
  const say = code === undefined ? undefined : words[code];
  return say && path !== undefined ? say(path) : String(message ?? error);
}
