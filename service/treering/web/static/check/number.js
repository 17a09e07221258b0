// The certificate number: 96 bits of tree id, 39 of a MAC that only the programme can judge, and
// a check character that finds every single mistake and every swap. As domain/number.py has it.

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ALIASES = { O: "0", I: "1", L: "1" };
const LENGTH = 28;

// {tree, number} of what a person typed; null if it is no number.
export function parse(typed) {
  const bare = typed.replace(/[\s\-–]/g, "");
  const significant = bare.length > LENGTH && /^tr/i.test(bare) ? bare.slice(2) : bare;
  if (significant.length !== LENGTH || /[^0-9A-Za-z]/.test(significant)) return null;
  const characters = [...significant.toUpperCase()].map((one) => ALIASES[one] ?? one);
  const values = characters.map((one) => ALPHABET.indexOf(one));
  if (values.includes(-1) || weighed(values) !== 0) return null;
  const bits = values.slice(0, -1).reduce((sum, value) => (sum << 5n) | BigInt(value), 0n);
  return { tree: bits >> 39n, number: `TR-${characters.join("").match(/.{4}/g).join("-")}` };
}

// The number of a tree id and its MAC, both BigInt: the check character is the one that fits.
export function written(tree, mac) {
  const bits = (tree << 39n) | mac;
  const values = Array.from({ length: LENGTH - 1 }, (_, i) => (bits >> BigInt(5 * (26 - i))) & 31n);
  const body = values.map((value) => ALPHABET[Number(value)]).join("");
  const check = [...ALPHABET].find((one) => parse(body + one) !== null);
  return parse(body + check).number;
}

// Σ a^i · c_i in GF(32) with x^5 + x^2 + 1 and a = x, by Horner's rule.
function weighed(values) {
  return values.reduce((sum, value) => {
    const doubled = sum << 1;
    return (doubled & 32 ? doubled ^ 0b100101 : doubled) ^ value;
  }, 0);
}
