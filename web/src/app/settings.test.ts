import { describe, expect, it } from "vitest";
import { allowed, MOTIONS, settings, THEMES } from "./settings.ts";

describe("settings", () => {
  it("are the normal ones where nothing was chosen or can be kept", () => {
    expect(settings.theme.value).toBe("system");
    expect(settings.motion.value).toBe("auto");
    expect(settings.notifications.value).toBe("off");
  });

  it("take no value that isn't a choice", () => {
    expect(allowed("dark", THEMES, "system")).toBe("dark");
    expect(allowed("purple", THEMES, "system")).toBe("system");
    expect(allowed(null, MOTIONS, "never")).toBe("never");
  });
});
