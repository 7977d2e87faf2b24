/** Owns the lines of code that do what the page did: curl, boto3, JavaScript. */

/**
 * @typedef {import("./shapes.js").Question} Question
 * @typedef {{title: string, note: string, code: string}} Snippet
 * @typedef {{question: Question, origin: string, name: string, region: string, route: string | null, headers: Record<string, string>}} Asked
 */

/**
 * @param {Asked} asked
 * @returns {Snippet[]}
 */
export function snippets(asked) {
  return [curl(asked), boto3(asked), javascript(asked)];
}

/** @param {Asked} asked @returns {Snippet} */
function curl({ question, origin, name, route, headers }) {
  const lines = (/** @type {string[]} */ ...parts) => parts.join(" \\\n  ");
  if (question.kind === "event" || !route) {
    const url = `${origin}/2015-03-31/functions/${name}/invocations`;
    const note = "On AWS an Invoke is signed: there use boto3 or the AWS CLI.";
    if (question.kind !== "picture") return { title: "curl", note, code: lines(`curl ${url}`, `-d ${shell(eventText(question))}`) };
    const event = `{"image": "'"$(base64 -w0 ${shell(question.picture.name)})"'"}`;
    return { title: "curl", note, code: `echo '${event}' |\n  curl ${url} -d @-` };
  }
  const given = Object.entries({ ...headers, "content-type": typeOf(question) }).map((pair) => `-H ${shell(pair.join(": "))}`);
  const body = question.kind === "picture" ? `--data-binary ${shell(`@${question.picture.name}`)}` : `-d ${shell(eventText(question))}`;
  return { title: "curl", note: "On AWS only the address differs.", code: lines(`curl ${shell(origin + route)}`, ...given, body) };
}

/** @param {Asked} asked @returns {Snippet} */
function boto3({ question, origin, name, region }) {
  const picture = question.kind === "picture" ? question.picture : null;
  const event = picture ? '{"image": base64.b64encode(picture).decode()}' : python(JSON.parse(eventText(question)));
  return {
    title: "boto3",
    note: "On AWS leave endpoint_url and the keys out.",
    code: `${picture ? "import base64\n" : ""}import json
${picture ? "from pathlib import Path\n" : ""}
import boto3

client = boto3.client(
    "lambda",
    endpoint_url=${python(origin)},
    region_name=${python(region)},
    aws_access_key_id="local",
    aws_secret_access_key="local",
)
${picture ? `picture = Path(${python(picture.name)}).read_bytes()\n` : ""}event = ${event}
response = client.invoke(
    FunctionName=${python(name)},
    Payload=json.dumps(event),
)
print(json.load(response["Payload"]))
`,
  };
}

/** @param {Asked} asked @returns {Snippet} */
function javascript({ question, origin, name, route, headers }) {
  const invoked = question.kind === "event" || !route;
  const url = JSON.stringify(invoked ? `${origin}/2015-03-31/functions/${name}/invocations` : origin + route);
  const note = invoked ? "For Node. On AWS an Invoke is signed: there use @aws-sdk/client-lambda." : "For Node; in a browser, take the file of an input instead of reading it.";
  const given = `\n  headers: ${JSON.stringify({ ...headers, "content-type": typeOf(question) }).replaceAll('":"', '": "').replace("{", "{ ").replace("}", " }")},`;
  const end = "console.log(await response.json());\n";
  if (question.kind !== "picture") {
    const event = JSON.stringify(JSON.parse(eventText(question)), null, 2);
    return { title: "JavaScript", note, code: `const event = ${event};\nconst response = await fetch(${url}, {\n  method: "POST",${invoked ? "" : given}\n  body: JSON.stringify(event),\n});\n${end}` };
  }
  const { name: file } = question.picture;
  const read = `import { readFile } from "node:fs/promises";\n\nconst picture = await readFile(${JSON.stringify(file)});\n`;
  const body = invoked
    ? '\n  body: JSON.stringify({ image: picture.toString("base64") }),'
    : `${given}\n  body: picture,`;
  return { title: "JavaScript", note, code: `${read}const response = await fetch(${url}, {\n  method: "POST",${body}\n});\n${end}` };
}

/** @param {Question} question @returns {string} */
function typeOf(question) {
  return question.kind === "picture" ? question.picture.blob.type || "application/octet-stream" : "application/json";
}

/** @param {Question} question that is no picture @returns {string} */
function eventText(question) {
  if (question.kind === "event") return JSON.stringify(JSON.parse(question.text));
  return JSON.stringify({ url: question.kind === "url" ? question.url : "" });
}

/** @param {string} text @returns {string} one word for a shell */
function shell(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** @param {any} value @param {string} [indent] @returns {string} a literal of Python */
function python(value, indent = "") {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  const deeper = `${indent}    `;
  const [opening, closing] = Array.isArray(value) ? "[]" : "{}";
  const members = Array.isArray(value)
    ? value.map((member) => python(member, deeper))
    : Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${python(member, deeper)}`);
  const short = `${opening}${members.join(", ")}${closing}`;
  if (short.length + indent.length < 80 && !short.includes("\n")) return short;
  return `${opening}\n${members.map((member) => `${deeper}${member},\n`).join("")}${indent}${closing}`;
}
