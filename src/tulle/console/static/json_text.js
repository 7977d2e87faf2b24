/** Owns JSON as text: where it is wrong, in words, line and column; and laying it out without changing a digit. */

/** @typedef {{text: string, start: number}} Token */

class JsonMistake extends Error {
  /** @param {string} source @param {number} at @param {string} message */
  constructor(source, at, message) {
    super(message);
    const before = source.slice(0, at).split("\n");
    this.at = at;
    this.line = before.length;
    this.column = (before.at(-1) ?? "").length + 1;
  }
}

const TOKEN = /\s*(?:("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])|(true|false|null)(?!\w)|([{}[\],:]))/y;
const DEEPEST = 500;

/**
 * Find the first mistake.
 * @param {string} source
 * @returns {JsonMistake | null}
 */
export function findMistake(source) {
  try {
    format(source);
    return null;
  } catch (error) {
    if (error instanceof JsonMistake) return error;
    throw error;
  }
}

/**
 * Lay JSON out with two spaces. Every string and number stays as it was written.
 * @param {string} source
 * @returns {string}
 * @throws {JsonMistake}
 */
export function format(source) {
  const tokens = read(source);
  let index = 0;
  const peek = () => tokens[index]?.text;
  const fail = (/** @type {string} */ message) => {
    throw new JsonMistake(source, tokens[index]?.start ?? source.trimEnd().length, message);
  };
  const take = () => tokens[index++].text;

  /** @param {number} depth @returns {string} */
  function value(depth) {
    const next = peek();
    if (next === undefined) return fail("The text ends where a value should be");
    if (depth > DEEPEST) return fail("This is nested too deeply");
    if (next === "{") return series(depth, "}", () => `${key()}: ${value(depth + 1)}`);
    if (next === "[") return series(depth, "]", () => value(depth + 1));
    if (/^[}\],:]$/.test(next)) return fail(`A value should be here, not '${next}'`);
    return take();
  }

  function key() {
    const next = peek();
    if (next === "}") fail("A comma before '}' is one too many");
    if (!next?.startsWith('"')) fail("A key in double quotes should be here");
    const name = take();
    if (peek() !== ":") fail(`A colon should follow the key ${name}`);
    take();
    return name;
  }

  /** @param {number} depth @param {string} end @param {() => string} member @returns {string} */
  function series(depth, end, member) {
    const opening = take();
    if (peek() === end) return opening + take();
    const indent = "  ".repeat(depth + 1);
    const members = [];
    for (;;) {
      if (members.length && peek() === end) fail(`A comma before '${end}' is one too many`);
      members.push(indent + member());
      if (peek() === end) break;
      if (peek() !== ",") fail(`A comma or '${end}' should be here`);
      take();
    }
    return `${opening}\n${members.join(",\n")}\n${"  ".repeat(depth)}${take()}`;
  }

  const formatted = value(0);
  if (index < tokens.length) fail("Nothing may follow the value");
  return formatted;
}

/** @param {string} source @returns {Token[]} */
function read(source) {
  /** @type {Token[]} */
  const tokens = [];
  TOKEN.lastIndex = 0;
  for (;;) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (!match) {
      const rest = source.slice(from);
      const start = from + rest.length - rest.trimStart().length;
      if (start < source.length) throw new JsonMistake(source, start, describe(source.slice(start)));
      return tokens;
    }
    const text = match[1] ?? match[2] ?? match[3] ?? match[4];
    tokens.push({ text, start: TOKEN.lastIndex - text.length });
  }
}

/** @param {string} rest that begins with no JSON @returns {string} */
function describe(rest) {
  if (rest.startsWith('"')) return /^"[^"\n]*(\n|$)/.test(rest) ? "This string does not end" : "This string holds what JSON does not allow";
  if (rest.startsWith("'")) return "Strings take double quotes";
  if (/^(\/\/|\/\*|#)/.test(rest)) return "JSON knows no comments";
  const word = /^[\w$.+-]+/.exec(rest)?.[0];
  if (word && /^(True|False|None|undefined|NaN)$/.test(word)) {
    return `'${word}' is not JSON; write ${{ True: "true", False: "false" }[word] ?? "null"}`;
  }
  if (word && /^[-+.]?\d/.test(word)) return `'${word}' is no number of JSON`;
  return word ? `'${word.slice(0, 30)}' should be in double quotes` : `'${[...rest][0]}' means nothing here`;
}
