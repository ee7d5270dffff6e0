import { describe, expect, it } from "vitest";
import { shownPreviews } from "./previews.ts";

const hosts = (...urls: string[]): string[] => shownPreviews(urls.map((url) => ({ url, title: "A page" }))).map(({ host }) => host);

describe("shown previews", () => {
  it("name the host in ASCII, whatever it is written in, and nothing else of the address", () => {
    expect(hosts("https://example.org/a?b#c", "http://EXAMPLE.org:8080/", "https://аррӏе.com/", "https://bücher.example/")).toEqual([
      "example.org",
      "example.org:8080",
      "xn--80ak6aa92e.com",
      "xn--bcher-kva.example",
    ]);
    expect(hosts("https://bank.example@evil.example/")).toEqual(["evil.example"]);
  });

  it("are of the web alone", () => {
    expect(hosts("javascript:alert(1)", "data:text/html,x", "mailto:ana@example.org", "nothing", "https://")).toEqual([]);
  });

  it("leave out what was taken away", () => {
    expect(shownPreviews([{ url: "https://example.org/" }])).toEqual([]);
  });
});
