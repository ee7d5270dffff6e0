import { afterEach, describe, expect, it, vi } from "vitest";
import { Client } from "../api/client.ts";
import { ApiError, NoAnswer } from "../api/errors.ts";
import { Session } from "../api/session.ts";
import { Door, type Ports } from "./door.ts";

const ANA = { username: "ana", password: "correct horse" };
const REFUSED = new ApiError({ status: 400, code: "invalid_code", detail: "The code is wrong." });

/** A server: notes what it is asked, and refuses what `refuses` names. */
function door(asks: boolean, refuses: Partial<Record<keyof Ports, Error>> = {}) {
  const calls: string[] = [];
  const call = async (name: keyof Ports, ...words: string[]): Promise<void> => {
    calls.push([name, ...words].join(" "));
    const refusal = refuses[name];
    if (refusal) throw refusal;
  };
  const made = new Door({
    signUp: (user) => call("signUp", user.username).then(() => asks),
    confirm: (username, code) => call("confirm", username, code),
    signIn: (username, password) => call("signIn", username, password),
    resend: (username) => call("resend", username),
    forgot: (username) => call("forgot", username),
    reset: (username, code, fresh) => call("reset", username, code, fresh),
  });
  return { made, calls, refuses };
}

describe("signing up", () => {
  it("goes straight in where no code is asked for", async () => {
    const { made, calls } = door(false);
    await made.signUp(ANA);
    expect(calls).toEqual(["signUp ana", "signIn ana correct horse"]);
    expect(made.step.value).toEqual({ name: "begin", username: "", said: "" });
  });

  it("asks for the code that was sent, and goes in with it", async () => {
    const { made, calls } = door(true);
    await made.signUp(ANA);
    expect(made.step.value).toEqual({ name: "confirm", ...ANA });
    await made.confirm("ana", "123456");
    expect(calls.slice(1)).toEqual(["confirm ana 123456", "signIn ana correct horse"]);
  });

  it("asks again after a wrong code", async () => {
    const { made, refuses } = door(true, { confirm: REFUSED });
    await made.signUp(ANA);
    await expect(made.confirm("ana", "0")).rejects.toBe(REFUSED);
    expect(made.step.value.name).toBe("confirm");
    delete refuses.confirm;
    await made.confirm("ana", "123456");
    expect(made.step.value.name).toBe("begin");
  });

  it("lets sign in who is confirmed where signing in at once failed, and keeps no password", async () => {
    const { made } = door(true, { signIn: new NoAnswer() });
    await made.signUp(ANA);
    await made.confirm("ana", "123456");
    expect(made.step.value).toEqual({ name: "begin", username: "ana", said: "Your account is confirmed. Sign in." });
  });

  it("has a lost code sent once more, and stays where it is", async () => {
    const { made, calls } = door(true);
    await made.signUp(ANA);
    await made.resend("ana");
    expect(calls.slice(1)).toEqual(["resend ana"]);
    expect(made.step.value).toEqual({ name: "confirm", ...ANA });
  });

  it("takes a code later, without the password", async () => {
    const { made, calls } = door(true);
    made.hasCode("ana");
    await made.confirm("ana", "123456");
    expect(calls).toEqual(["confirm ana 123456"]);
    expect(made.step.value).toMatchObject({ name: "begin", username: "ana" });
  });

  it.each([[201, false], [202, true]])("knows by the status %i whether a code was sent: %s", async (status, sent) => {
    vi.stubGlobal("fetch", async () => new Response('{"username":"ana"}', { status }));
    expect(await new Client("/api", new Session("/api")).signUp(ANA)).toBe(sent);
  });

  afterEach(() => vi.unstubAllGlobals());
});

describe("a forgotten password", () => {
  it("is replaced with the code that was sent", async () => {
    const { made, calls } = door(false);
    made.forgot("ana");
    await made.sendCode("ana");
    expect(made.step.value).toEqual({ name: "reset", username: "ana" });
    await made.reset("ana", "123456", "new horse");
    expect(calls).toEqual(["forgot ana", "reset ana 123456 new horse", "signIn ana new horse"]);
  });

  it("stays where the server refuses", async () => {
    const { made, calls } = door(false, { forgot: REFUSED, reset: REFUSED });
    made.forgot("ana");
    await expect(made.sendCode("ana")).rejects.toBe(REFUSED);
    expect(made.step.value).toEqual({ name: "forgot", username: "ana" });
    await expect(made.reset("ana", "0", "new horse")).rejects.toBe(REFUSED);
    expect(calls).not.toContain("signIn ana new horse");
  });
});
