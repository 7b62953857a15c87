/**
 * Reads the bytes of a `data:` URL (RFC 2397), base64 or percent-encoded. Its media type is not looked at: what the bytes
 * are is told by inspection.
 * @returns undefined for what is no `data:` URL, has no bytes, or has more than `longestBytes`
 */
export function readInlineUrl(url: string, longestBytes: number): Uint8Array | undefined {
  const head = /^data:([^,]{0,200}),/i.exec(url);
  if (!head) return undefined;
  const data = url.slice(head[0].length);
  // Each byte takes three characters at the most.
  if (data.length > 3 * longestBytes) return undefined;
  const plain = percentDecoded(data);
  const bytes = /;\s*base64\s*$/i.test(head[1] ?? '') ? base64Decoded(plain) : plain;
  return bytes && bytes.length > 0 && bytes.length <= longestBytes ? bytes : undefined;
}

/** Bytes for escapes, and UTF-8 for everything else; a percent sign without two digits stands for itself. */
function percentDecoded(text: string): Buffer {
  if (!text.includes('%')) return Buffer.from(text);
  const source = Buffer.from(text);
  const target = Buffer.alloc(source.length);
  let length = 0;
  for (let index = 0; index < source.length; index += 1) {
    const digits = source[index] === 0x25 ? source.toString('latin1', index + 1, index + 3) : '';
    const isEscape = /^[0-9A-Fa-f]{2}$/.test(digits);
    target[length] = isEscape ? Number.parseInt(digits, 16) : (source[index] ?? 0);
    length += 1;
    if (isEscape) index += 2;
  }
  return target.subarray(0, length);
}

function base64Decoded(text: Buffer): Buffer | undefined {
  const letters = text.toString('latin1').replace(/\s+/g, '');
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(letters) ? Buffer.from(letters, 'base64') : undefined;
}
