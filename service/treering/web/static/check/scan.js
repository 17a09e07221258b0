// What a code that was read may be: an address of ours, somebody else's, or text to look up.

// {path} of this very host, {foreign: host}, or {text}.
export function meaning(read, here) {
  const text = read.trim();
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) return { text };
  let address;
  try {
    address = new URL(text);
  } catch {
    return { foreign: text.slice(0, 80) };
  }
  const ours = address.host === here.host && address.protocol === here.protocol;
  if (!ours || address.username || address.password) {
    return { foreign: address.host || text.slice(0, 80) };
  }
  return { path: address.pathname };
}
