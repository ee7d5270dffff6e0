/** A parsed message as nodes of the page. Text stays text, whatever it contains: nothing here makes HTML. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { parse, type Block, type Inline, type List } from "../markdown/index.ts";
import { relativeOrDate } from "../state/times.ts";
import { t } from "../words/index.ts";
import { Shortcode } from "./shortcode.tsx";

type Node = JSX.Element | string;

interface Names {
  /** The name of a mentioned person. */
  name: (username: string) => string;
  me: string;
  /** Whom the message mentions, as its entry says: `@all` and `@here` among them are everybody. */
  mentions?: readonly string[];
  /** Whether the Tab key leads to links and spoilers: not in the list of messages, where arrows do. */
  tabs?: boolean;
}

export function Markdown({ text, names }: { text: string; names: Names }): JSX.Element {
  return <div class="text">{renderBlocks(parse(text), names)}</div>;
}

export function renderBlocks(blocks: readonly Block[], names: Names): Node[] {
  return blocks.map((block, index) => renderBlock(block, names, index));
}

function renderBlock(block: Block, names: Names, key: number): Node {
  switch (block.type) {
    case "paragraph":
      return (
        <p key={key} dir="auto">
          {renderInlines(block.children, names)}
        </p>
      );
    case "quote":
      return (
        <blockquote key={key} dir="auto">
          {renderBlocks(block.blocks, names)}
        </blockquote>
      );
    case "code_block":
      return (
        <pre key={key} dir="ltr" tabIndex={-1}>
          <code>{block.text}</code>
        </pre>
      );
    case "list":
      return renderList(block, names, key);
  }
}

function renderList(list: List, names: Names, key: number): JSX.Element {
  const items = list.items.map((item, index) => (
    <li key={index} dir="auto" {...(list.ordered && { value: item.number })}>
      {renderInlines(item.children, names)}
      {item.lists.map((inner, place) => renderList(inner, names, place))}
    </li>
  ));
  return list.ordered ? <ol key={key}>{items}</ol> : <ul key={key}>{items}</ul>;
}

function renderInlines(nodes: readonly Inline[], names: Names): Node[] {
  return nodes.map((node, index) => renderInline(node, names, index));
}

function renderInline(node: Inline, names: Names, key: number): Node {
  switch (node.type) {
    case "text":
      return node.text;
    case "break":
      return <br key={key} />;
    case "bold":
      return <strong key={key}>{renderInlines(node.children, names)}</strong>;
    case "italic":
      return <em key={key}>{renderInlines(node.children, names)}</em>;
    case "strike":
      return <s key={key}>{renderInlines(node.children, names)}</s>;
    case "spoiler":
      return <Spoiler key={key} tabs={names.tabs}>{renderInlines(node.children, names)}</Spoiler>;
    case "code":
      return (
        <code key={key} dir="ltr">
          {node.text}
        </code>
      );
    case "link":
      return renderLink(node.url, renderInlines(node.children, names), key, names.tabs);
    case "mention":
      if (names.mentions?.includes(`@${node.username}`)) return <span key={key} class="mention me">@{node.username}</span>;
      return (
        <span key={key} class={node.username === names.me ? "mention me" : "mention"} title={`@${node.username}`}>
          @<bdi>{names.name(node.username)}</bdi>
        </span>
      );
    case "shortcode":
      return <Shortcode key={key} name={node.name} />;
    case "timestamp":
      return (
        <time key={key} dateTime={isoOf(node.seconds)}>
          {relativeOrDate(node.seconds, node.style)}
        </time>
      );
  }
}

/** A link, where its scheme is one of three that only navigate; else what it was called. */
function renderLink(url: string, children: Node[], key: number, tabs: boolean | undefined): JSX.Element {
  if (!/^(https?:\/\/|mailto:)/i.test(url)) return <span key={key}>{children}</span>;
  const host = foreignHost(url);
  return (
    <a key={key} href={url} target="_blank" rel="noopener noreferrer nofollow" tabIndex={tabs ? 0 : -1} title={addressOf(url)}>
      {children}
      {host && <bdi class="host"> ({host})</bdi>}
    </a>
  );
}

/** The address as the browser goes to it. */
function addressOf(url: string): string {
  return URL.canParse(url) ? new URL(url).href : url;
}

/**
 * The name of a host that is written with other letters than it is known by, as it is known (RFC 5891); else empty.
 * Letters of two scripts look alike, and of a pair only one is the bank's.
 */
function foreignHost(url: string): string {
  const host = URL.canParse(url) ? new URL(url).hostname : "";
  return host.split(".").some((label) => label.startsWith("xn--")) && !url.toLowerCase().includes(host) ? host : "";
}

function Spoiler({ children, tabs }: { children: Node[]; tabs: boolean | undefined }): JSX.Element {
  const [open, setOpen] = useState(false);
  if (open) return <span class="spoiler open">{children}</span>;
  return (
    <button type="button" class="spoiler" tabIndex={tabs ? 0 : -1} aria-label={t("Spoiler: show it")} onClick={() => setOpen(true)}>
      <span aria-hidden="true">{children}</span>
    </button>
  );
}

function isoOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
