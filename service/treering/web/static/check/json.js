// JSON that two readers read alike: parsed with duplicated keys refused, written in canonical
// form (RFC 8785). Our documents have no fractions, so a number is a whole one or is refused.

const DEPTH = 20; // ours nest four deep

export function parsed(text) {
  const value = JSON.parse(text);
  new Walker(text).value(0);
  return value;
}

export function canonical(value) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Error("a number is not whole, or too large");
    return String(value);
  }
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${text(name)}:${canonical(value[name])}`).join(",")}}`;
}

function text(value) {
  if (/\p{Surrogate}/u.test(value)) throw new Error("a text holds half a character");
  return JSON.stringify(value);
}

// Walks over text that JSON.parse has accepted, and looks at the keys of each object.
class Walker {
  constructor(text) {
    this.tokens = text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs);
  }

  next() {
    return this.tokens.next().value?.[0];
  }

  value(depth, token = this.next()) {
    if (depth > DEPTH) throw new Error(`it nests deeper than ${DEPTH} levels`);
    if (token === "{") this.members(depth);
    else if (token === "[") this.parts(depth);
  }

  members(depth) {
    const seen = new Set();
    for (let token = this.next(); token !== "}"; token = this.next()) {
      const name = JSON.parse(token === "," ? this.next() : token);
      if (seen.has(name)) throw new Error(`the key ${name} stands twice in one object`);
      seen.add(name);
      this.next(); // the colon
      this.value(depth + 1);
    }
  }

  parts(depth) {
    for (let token = this.next(); token !== "]"; token = this.next()) {
      this.value(depth + 1, token === "," ? this.next() : token);
    }
  }
}
