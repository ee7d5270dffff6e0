import { describe, expect, it } from "vitest";
import { firstBelow } from "./scroll.ts";

describe("the row that the reader looks at", () => {
  const heights = [40, 120, 20, 300, 60];
  const boxes = heights.map((height, index) => {
    const top = heights.slice(0, index).reduce((sum, each) => sum + each, 0);
    return { top, bottom: top + height };
  });
  const at = (edge: number) => firstBelow(boxes.length, (index) => boxes[index]!, edge);

  it("is the first that reaches below the edge, at every position", () => {
    for (let edge = -10; edge < 540; edge += 1) {
      const expected = boxes.findIndex((box) => box.bottom > edge);
      expect(at(edge), `edge ${edge}`).toBe(expected);
    }
  });

  it("is the last where all rows are above the edge", () => {
    expect(at(540)).toBe(4);
  });
});
