/** The nodes of a parsed message; the same as in `src/tertulia/domain/markup.py`. A tree, never HTML. */

export type Text = { type: "text"; text: string };
export type Break = { type: "break" };
export type Span = { type: "bold" | "italic" | "strike" | "spoiler"; children: Inline[] };
export type Code = { type: "code"; text: string };
/** `url` begins with http://, https:// or mailto: and holds no white space, control or bidi character. */
export type Link = { type: "link"; url: string; children: Inline[] };
/** `username` is of the form of one; whether there is such a person is not known here. */
export type Mention = { type: "mention"; username: string };
/** `:name:`, which may name an emoji; show it as typed where it doesn't. */
export type Shortcode = { type: "shortcode"; name: string };
export type TimestampStyle = "t" | "T" | "d" | "D" | "f" | "F" | "R";
/** A moment, in seconds since 1970, to be shown in the reader's own time zone. */
export type Timestamp = { type: "timestamp"; seconds: number; style: TimestampStyle };

export type Inline = Text | Break | Span | Code | Link | Mention | Shortcode | Timestamp;

/** Lines of text. Empty lines between them stay, as breaks. */
export type Paragraph = { type: "paragraph"; children: Inline[] };
export type Quote = { type: "quote"; blocks: Block[] };
/** `language` is "" where none is named. */
export type CodeBlock = { type: "code_block"; language: string; text: string };
/** `number` is the one that was typed, 0 in a bullet list. `lists` are the lists one level deeper. */
export type ListItem = { number: number; children: Inline[]; lists: List[] };
export type List = { type: "list"; ordered: boolean; items: ListItem[] };

export type Block = Paragraph | Quote | CodeBlock | List;
