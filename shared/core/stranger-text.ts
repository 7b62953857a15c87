/** Control characters, escape sequences' introducers, line separators, directional marks and halves of characters. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;
/** ANSI escape sequences (CSI and OSC): their letters are no words. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const escapes = /[\u001b\u009b]\[?[0-9;?]*[ -/]*[@-~]?/g;

/**
 * Makes a stranger's text safe for a terminal, a log and a page: printable characters on one line.
 * @param longest in UTF-16 units; what is longer is cut
 */
export const strangerText = (text: string, longest: number): string =>
  text
    .slice(0, 8 * longest)
    .replace(escapes, ' ')
    .replace(unprintable, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, longest)
    .toWellFormed();
