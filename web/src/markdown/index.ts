/**
 * The Markdown dialect of messages: from a text to a tree of blocks. The same as `src/tertulia/domain/markdown.py`;
 * `docs/markdown.md` describes it, `tests/fixtures/markdown.json` holds both parsers to the same trees.
 */

import { DEPTH_MAX, parseInline, trimEnd } from "./inline";
import type { Block, CodeBlock, Inline, List, ListItem, Paragraph } from "./nodes";

export type * from "./nodes";

/** At most so many people are mentioned by one message. */
export const MENTIONS_MAX = 50;
/** What names all members of a group, and those who are there. */
export const EVERYONE = ["all", "here"] as const;
export type Everyone = (typeof EVERYONE)[number];
/** Stands for a spoiler where it must not be told. */
export const HIDDEN = "▒▒▒";

const FENCE = /^(`{3,})([A-Za-z0-9_+#.-]{0,32})[ \t]*$/;
const ITEM = /^([ \t]*)(?:[-*]|(0|[1-9][0-9]{0,8})\.)[ \t]+(?=[^ \t])/;
const CONTINUED = /^(?: {2}| ?\t)[ \t]*(?=[^ \t])/;
const INDENT = 2;

/** The blocks of a text. Empty lines at its ends, and beside a quote, a list or a code block, are dropped. */
export function parse(text: string): Block[] {
  return parseLines(text.split(/\r\n|\r|\n/), 0);
}

/** The text without its markup, for notifications and screen readers. A moment is its date and time in UTC. */
export function plain(text: string, options: { hideSpoilers?: boolean } = {}): string {
  return parse(text)
    .map((block) => plainBlock(block, options.hideSpoilers ?? false))
    .join("\n");
}

/** The usernames that the text mentions, each once, in their order, at most MENTIONS_MAX. None of them from code. */
export function mentions(text: string): string[] {
  const names = new Set<string>();
  for (const node of nodesOf(parse(text))) if (node.type === "mention") names.add(node.username);
  return [...names].slice(0, MENTIONS_MAX);
}

/** The words for everybody, of those that the text mentions, in that order: not from code, and a quote doesn't say them again. */
export function everyone(text: string): Everyone[] {
  const said = text.includes("@") ? parse(text).filter((block) => block.type !== "quote") : [];
  const names = new Set([...nodesOf(said)].map((node) => (node.type === "mention" ? node.username : "")));
  return EVERYONE.filter((word) => names.has(word));
}

/** Whether there is a link in the text. */
export function hasLink(text: string): boolean {
  for (const node of nodesOf(parse(text))) if (node.type === "link") return true;
  return false;
}

function parseLines(lines: string[], depth: number): Block[] {
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  let position = 0;
  while (position < lines.length) {
    const found = blockAt(lines, position, depth);
    if (!found) {
      paragraph.push(lines[position] ?? "");
      position += 1;
      continue;
    }
    blocks.push(...paragraphOf(paragraph), found[0]);
    paragraph = [];
    position = found[1];
  }
  blocks.push(...paragraphOf(paragraph));
  return blocks;
}

/** The block other than a paragraph that begins at that line, and the line after it. */
function blockAt(lines: string[], start: number, depth: number): [Block, number] | undefined {
  const line = lines[start] ?? "";
  const fence = FENCE.exec(line);
  if (fence && start + 1 < lines.length) return codeBlock(lines, start + 1, fence[1] ?? "", fence[2] ?? "");
  if (depth < DEPTH_MAX && isQuoted(line) && !isBlank(line.slice(1))) {
    let end = start + 1;
    while (end < lines.length && isQuoted(lines[end] ?? "")) end += 1;
    const inner = lines.slice(start, end).map((quoted) => quoted.slice(2));
    return [{ type: "quote", blocks: parseLines(inner, depth + 1) }, end];
  }
  return list(lines, start);
}

function isQuoted(line: string): boolean {
  return line === ">" || line.startsWith("> ");
}

function isBlank(line: string): boolean {
  return !/[^ \t]/.test(line);
}

function paragraphOf(lines: string[]): Paragraph[] {
  let first = 0;
  let last = lines.length;
  while (first < last && isBlank(lines[first] ?? "")) first += 1;
  while (first < last && isBlank(lines[last - 1] ?? "")) last -= 1;
  if (first === last) return [];
  return [{ type: "paragraph", children: parseInline(lines.slice(first, last).join("\n")) }];
}

/** The code block whose content begins at that line: up to a line that ends with the fence, or to the end. */
function codeBlock(lines: string[], start: number, fence: string, language: string): [CodeBlock, number] {
  const content: string[] = [];
  for (let position = start; position < lines.length; position++) {
    const line = lines[position] ?? "";
    const trimmed = trimEnd(line, " \t");
    const ticks = trimmed.length - trimEnd(trimmed, "`").length;
    if (ticks >= fence.length) {
      // Many people put the closing fence at the end of the last line.
      if (trimmed.length > ticks) content.push(trimmed.slice(0, -ticks));
      return [{ type: "code_block", language, text: content.join("\n") }, position + 1];
    }
    content.push(line);
  }
  return [{ type: "code_block", language, text: content.join("\n") }, lines.length];
}

/** An item as it is read: its lines, and the items one level deeper. */
type Item = { number: string | undefined; lines: string[]; nested: Item[] };

/** The list that begins at that line. An item that is indented more than the first is one level deeper. */
function list(lines: string[], start: number): [List, number] | undefined {
  const first = ITEM.exec(lines[start] ?? "");
  if (!first) return undefined;
  const outer = widthOf(first);
  const top = itemOf(first, lines[start] ?? "");
  const items = [top];
  let parent = top;
  let last = top;
  let position = start + 1;
  for (; position < lines.length; position++) {
    const line = lines[position] ?? "";
    const found = ITEM.exec(line);
    if (found) {
      const item = itemOf(found, line);
      if (widthOf(found) >= outer + INDENT) parent.nested.push(item);
      else if (isOrdered(item) === isOrdered(top)) {
        items.push(item);
        parent = item;
      } else break;
      last = item;
      continue;
    }
    const more = CONTINUED.exec(line);
    if (!more) break;
    last.lines.push(line.slice(more[0].length));
  }
  return [{ type: "list", ordered: isOrdered(top), items: items.map(build) }, position];
}

function itemOf(found: RegExpExecArray, line: string): Item {
  return { number: found[2], lines: [line.slice(found[0].length)], nested: [] };
}

function isOrdered(item: Item): boolean {
  return item.number !== undefined;
}

function build(item: Item): ListItem {
  return { number: Number(item.number ?? 0), children: parseInline(item.lines.join("\n")), lists: lists(item.nested) };
}

/** The items as lists, each of one kind. */
function lists(items: Item[]): List[] {
  const found: List[] = [];
  for (const item of items) {
    const latest = found.at(-1);
    if (latest?.ordered === isOrdered(item)) latest.items.push(build(item));
    else found.push({ type: "list", ordered: isOrdered(item), items: [build(item)] });
  }
  return found;
}

function widthOf(found: RegExpExecArray): number {
  return (found[1] ?? "").replaceAll("\t", "  ").length;
}

/** Every inline node, in the order of the text. */
function* nodesOf(blocks: Block[]): Generator<Inline> {
  for (const block of blocks) {
    if (block.type === "paragraph") yield* inlineNodes(block.children);
    else if (block.type === "quote") yield* nodesOf(block.blocks);
    else if (block.type === "list") {
      for (const item of block.items) {
        yield* inlineNodes(item.children);
        yield* nodesOf(item.lists);
      }
    }
  }
}

function* inlineNodes(nodes: Inline[]): Generator<Inline> {
  for (const node of nodes) {
    yield node;
    if ("children" in node) yield* inlineNodes(node.children);
  }
}

function plainBlock(block: Block, hide: boolean): string {
  switch (block.type) {
    case "paragraph":
      return plainInline(block.children, hide);
    case "quote":
      return block.blocks.map((inner) => plainBlock(inner, hide)).join("\n");
    case "code_block":
      return block.text;
    case "list":
      return block.items.map((item) => plainItem(item, block.ordered, hide)).join("\n");
  }
}

function plainItem(item: ListItem, ordered: boolean, hide: boolean): string {
  const marker = ordered ? `${item.number}. ` : "- ";
  const nested = item.lists.flatMap((inner) => plainBlock(inner, hide).split("\n").map((line) => `  ${line}`));
  return [marker + plainInline(item.children, hide), ...nested].join("\n");
}

function plainInline(nodes: Inline[], hide: boolean): string {
  return nodes.map((node) => plainNode(node, hide)).join("");
}

function plainNode(node: Inline, hide: boolean): string {
  switch (node.type) {
    case "text":
    case "code":
      return node.text;
    case "break":
      return "\n";
    case "mention":
      return `@${node.username}`;
    case "shortcode":
      return `:${node.name}:`;
    case "timestamp":
      return `${new Date(node.seconds * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
    case "spoiler":
      return hide ? HIDDEN : plainInline(node.children, hide);
    default:
      return plainInline(node.children, hide);
  }
}
