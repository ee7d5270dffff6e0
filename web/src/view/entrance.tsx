/** The door: signing in and signing up. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { sentenceOf } from "../api/errors.ts";
import { navigate, route } from "../app/route.ts";
import { useAccount } from "./context.ts";
import { Logo } from "./icons.tsx";

export function Entrance(): JSX.Element {
  const account = useAccount();
  const here = route.value;
  const signingUp = here.name === "sign-up";
  const invite = here.name === "sign-up" ? here.invite : "";
  const closed = account.config.sign_up === "closed" && !invite;
  return (
    <main class="entrance">
      <div class="entrance-card">
        <div class="brand">
          <Logo />
          <span class="brand-name">Tertulia</span>
        </div>
        <p class="brand-line">Good talk, in good company.</p>
        {account.config.demo && <p class="hint">This server holds demo data: sign in as alice or bob.</p>}
        {signingUp && !closed ? <SignUp invite={invite} key="up" /> : <SignIn key="in" />}
        {!closed && <Switch signingUp={signingUp} />}
      </div>
    </main>
  );
}

function Switch({ signingUp }: { signingUp: boolean }): JSX.Element {
  const to = (path: string) => (event: Event) => {
    event.preventDefault();
    navigate(path);
  };
  return signingUp ? (
    <p class="entrance-switch">
      Been here before? <a href="/" onClick={to("/")}>Sign in</a>
    </p>
  ) : (
    <p class="entrance-switch">
      New here? <a href="/sign-up" onClick={to("/sign-up")}>Create an account</a>
    </p>
  );
}

/** One form at the door: `work` is what its button does. */
function useForm(work: (data: FormData) => Promise<void>) {
  const busy = useSignal(false);
  const failed = useSignal("");
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    failed.value = "";
    try {
      await work(new FormData(event.target as HTMLFormElement));
    } catch (error) {
      failed.value = sentenceOf(error);
    } finally {
      busy.value = false;
    }
  };
  return { busy, failed, submit };
}

const text = (data: FormData, name: string): string => String(data.get(name) ?? "");
const username = (data: FormData): string => text(data, "username").trim().toLowerCase();

/** Where the keyboard begins. The attribute `autofocus` is looked at once a page, and not always for what comes later. */
const begin = (input: HTMLInputElement | null): void => input?.focus();

function SignIn(): JSX.Element {
  const account = useAccount();
  const { busy, failed, submit } = useForm((data) => account.signIn(username(data), text(data, "password")));
  return (
    <form class="form" onSubmit={submit} aria-label="Sign in">
      <label class="field">
        <span>Username</span>
        <input name="username" autocomplete="username" autocapitalize="none" spellcheck={false} required maxLength={32} ref={begin} />
      </label>
      <label class="field">
        <span>Password</span>
        <input name="password" type="password" autocomplete="current-password" required maxLength={256} />
      </label>
      <Failure text={failed.value} />
      <button class="button primary" disabled={busy.value}>
        {busy.value ? "Signing in…" : "Sign in"}
      </button>
    </form>
  );
}

function SignUp({ invite }: { invite: string }): JSX.Element {
  const account = useAccount();
  const { busy, failed, submit } = useForm(async (data) => {
    const code = text(data, "invite").trim() || invite;
    const name = text(data, "name").trim();
    const user = { username: username(data), password: text(data, "password") };
    await account.signUp({ ...user, ...(name && { name }), ...(code && { invite: code }) });
    navigate("/", true);
  });
  return (
    <form class="form" onSubmit={submit} aria-label="Create an account">
      <label class="field">
        <span>Your name</span>
        <input name="name" autocomplete="name" maxLength={64} dir="auto" ref={begin} />
        <small>As others see it. You can leave it empty.</small>
      </label>
      <label class="field">
        <span>Username</span>
        <input
          name="username"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          required
          minLength={2}
          maxLength={32}
          pattern="[a-zA-Z0-9][a-zA-Z0-9_.\-]*"
          title="Letters, digits, _ . and -, beginning with a letter or digit"
        />
      </label>
      <label class="field">
        <span>Password</span>
        <input name="password" type="password" autocomplete="new-password" required minLength={10} maxLength={256} />
        <small>At least 10 characters.</small>
      </label>
      {account.config.sign_up === "invite" && !invite && (
        <label class="field">
          <span>Invitation</span>
          <input name="invite" autocomplete="off" required maxLength={64} />
        </label>
      )}
      <Failure text={failed.value} />
      <button class="button primary" disabled={busy.value}>
        {busy.value ? "One moment…" : "Create account"}
      </button>
    </form>
  );
}

function Failure({ text }: { text: string }): JSX.Element {
  return (
    <p class="failure" role="alert">
      {text}
    </p>
  );
}
