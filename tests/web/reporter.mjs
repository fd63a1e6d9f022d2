// SPDX-License-Identifier: Apache-2.0
// What `node --test` says, told as the other suites tell it: a dot for what passed, the whole error
// of what failed, then the names again and one line with the counts. LOA_COUNTS names the file
// that gets "page PASSED FAILED SKIPPED", LOA_FAILED the one that gets a line for each failure.
import { appendFileSync } from "node:fs";
import { basename } from "node:path";

const N_LINES = 40; // of what a file's programs said, beside its failure

function append(path, text) {
  if (path && text) appendFileSync(path, text);
}

/** The error that the test threw, without the runner's own frames. */
function errorText(error) {
  const cause = error?.cause ?? error;
  const text = [cause?.stack ?? cause?.message ?? String(cause)];
  if (cause?.cause) text.push(`caused by: ${cause.cause.stack ?? cause.cause}`);
  return text.join("\n").split("\n").filter((line) => !/^\s+at .*\(?node:internal/.test(line));
}

/** One line of it, for a list of names; where a file did not come to its tests, of what it @said. */
function gist(error, said) {
  const lines = errorText(error).map((line) => line.trim()).filter((line) => line);
  const [first, ...more] = lines;
  if (said) return said.match(/^\w*Error.*$/m)?.[0] ?? first;
  // an assertion's first line ends with a colon, and the next one tells what was there
  return /:$/.test(first) && more.length > 0 ? `${first} ${more[0]}` : first;
}

export default async function* reporter(source) {
  const n = { passed: 0, failed: 0, skipped: 0 };
  const said = new Map(); // file → what its programs said
  const told = [];
  let dots = 0;
  for await (const { type, data } of source) {
    if (type === "test:stdout" || type === "test:stderr") {
      said.set(data.file, (said.get(data.file) ?? "") + data.message);
    }
    if (type !== "test:pass" && type !== "test:fail") continue;
    // A file counts as a test where it fell before it came to its own; a suite never.
    const isFile = data.name.endsWith(".mjs");
    const isSum = data.details.type === "suite" || data.details.error?.failureType === "subtestsFailed";
    if (isSum || (isFile && type === "test:pass")) continue;
    if (type === "test:pass") {
      const skipped = data.skip !== undefined || data.todo !== undefined;
      n[skipped ? "skipped" : "passed"] += 1;
      dots += 1;
      yield skipped ? "s" : ".";
      continue;
    }
    n.failed += 1;
    const { error, duration_ms: tookMs } = data.details;
    const file = data.file ?? data.name;
    const name = isFile ? basename(data.name) : `${basename(file)}: ${data.name}`;
    yield `${dots > 0 ? "\n" : ""}--- ${name} (${(tookMs / 1000).toFixed(1)} s)\n`;
    for (const line of errorText(error)) yield `    ${line}\n`;
    const beside = (said.get(file) ?? "").trimEnd().split("\n").slice(-N_LINES);
    if (beside[0]) yield `    its programs said last:\n${beside.map((line) => `      ${line}\n`).join("")}`;
    told.push(`page: ${name}: ${gist(error, isFile && said.get(file))}\n`);
    dots = 0;
  }
  if (dots > 0) yield "\n";
  if (told.length > 0) yield `page, failed:\n${told.map((line) => `  ${line}`).join("")}`;
  yield `page: ${n.passed} passed, ${n.failed} failed, ${n.skipped} skipped\n`;
  append(process.env.LOA_COUNTS, `page ${n.passed} ${n.failed} ${n.skipped}\n`);
  append(process.env.LOA_FAILED, told.join(""));
}
