// What a zlib stream holds, within a limit: a bomb is not unpacked.

import { joined } from "./bytes.js";

const MOST = 256 * 1024; // bytes

// The text of a zlib stream; null for what is broken, too large or no text.
export async function unpacked(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const reader = stream.getReader();
  const pieces = [];
  let size = 0;
  try {
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      pieces.push(value);
      if ((size += value.length) > MOST) return await reader.cancel(), null;
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(joined(...pieces));
  } catch {
    return null;
  }
}
