/** The door: signing in and signing up. */

import type { JSX } from "preact";
import type { Step } from "../app/door.ts";
import { navigate, route } from "../app/route.ts";
import { t, tp } from "../words/index.ts";
import { Confirm, Forgot, Reset } from "./codes.tsx";
import { useAccount } from "./context.ts";
import { Actions, begin, NewPassword, text, useForm, UsernameField, usernameOf } from "./form.tsx";
import { Logo } from "./icons.tsx";

export function Entrance(): JSX.Element {
  const { config, door } = useAccount();
  return (
    <main class="entrance">
      <div class="entrance-card">
        <div class="brand">
          <Logo />
          <h1 class="brand-name">Tertulia</h1>
        </div>
        <p class="brand-line">{t("Good talk, in good company.")}</p>
        {config.demo && <p class="hint">{t("This server holds demo data: sign in as alice or bob.")}</p>}
        <StepForm step={door.step.value} />
      </div>
    </main>
  );
}

function StepForm({ step }: { step: Step }): JSX.Element {
  switch (step.name) {
    case "confirm":
      return <Confirm step={step} />;
    case "forgot":
      return <Forgot step={step} />;
    case "reset":
      return <Reset step={step} />;
    case "begin":
      return <Begin username={step.username} said={step.said} />;
  }
}

function Begin({ username, said }: { username: string; said: string }): JSX.Element {
  const { config } = useAccount();
  const here = route.value;
  const signingUp = here.name === "sign-up";
  const invite = here.name === "sign-up" ? here.invite : "";
  const closed = config.sign_up === "closed" && !invite;
  return (
    <>
      {signingUp && !closed ? <SignUp invite={invite} key="up" /> : <SignIn username={username} said={said} key="in" />}
      {!closed && <Switch signingUp={signingUp} />}
    </>
  );
}

function Switch({ signingUp }: { signingUp: boolean }): JSX.Element {
  const to = (path: string) => (event: Event) => {
    event.preventDefault();
    navigate(path);
  };
  return signingUp ? (
    <p class="entrance-switch">
      {tp("Been here before? {link}", { link: <a href="/" onClick={to("/")}>{t("Sign in")}</a> })}
    </p>
  ) : (
    <p class="entrance-switch">
      {tp("New here? {link}", { link: <a href="/sign-up" onClick={to("/sign-up")}>{t("Create an account")}</a> })}
    </p>
  );
}

function SignIn({ username, said }: { username: string; said: string }): JSX.Element {
  const { config, door } = useAccount();
  const { busy, failed, submit } = useForm((data) => door.signIn(usernameOf(data), text(data, "password")));
  return (
    <form class="form" onSubmit={submit} aria-label={t("Sign in")}>
      {said && <p class="hint" role="status">{said}</p>}
      <UsernameField value={username} first={!username} />
      <label class="field">
        <span>{t("Password")}</span>
        <input name="password" type="password" autocomplete="current-password" required maxLength={256} {...(username && { ref: begin })} />
      </label>
      <Actions busy={busy.value} failed={failed.value} label={t("Sign in")} />
      <p class="form-links">
        <button type="button" class="text-button" onClick={(event) => door.forgot(typed(event))}>{t("Forgot password?")}</button>
        {config.codes && (
          <button type="button" class="text-button" onClick={(event) => door.hasCode(typed(event))}>{t("Enter a confirmation code")}</button>
        )}
      </p>
    </form>
  );
}

/** The username in the form of a button. */
function typed({ currentTarget }: MouseEvent): string {
  return usernameOf(new FormData((currentTarget as HTMLButtonElement).form!));
}

function SignUp({ invite }: { invite: string }): JSX.Element {
  const { config, door } = useAccount();
  const { busy, failed, submit } = useForm(async (data) => {
    const code = text(data, "invite").trim() || invite;
    const name = text(data, "name").trim();
    const email = text(data, "email").trim();
    const user = { username: usernameOf(data), password: text(data, "password") };
    await door.signUp({ ...user, ...(name && { name }), ...(email && { email }), ...(code && { invite: code }) });
    navigate("/", true);
  });
  return (
    <form class="form" onSubmit={submit} aria-label={t("Create an account")}>
      <label class="field">
        <span>{t("Your name")}</span>
        <input name="name" autocomplete="name" maxLength={64} dir="auto" ref={begin} />
        <small>{t("As others see it. You can leave it empty.")}</small>
      </label>
      <label class="field">
        <span>{t("Username")}</span>
        <input
          name="username"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          required
          minLength={2}
          maxLength={32}
          pattern="[a-zA-Z0-9][a-zA-Z0-9_.\-]*"
          title={t("Letters, digits, _ . and -, beginning with a letter or digit")}
        />
      </label>
      {config.codes && (
        <label class="field">
          <span>{t("E-mail")}</span>
          <input name="email" type="email" autocomplete="email" required maxLength={254} />
          <small>{t("You get a code there. Others don’t see it.")}</small>
        </label>
      )}
      <NewPassword name="password" label={t("Password")} />
      {config.sign_up === "invite" && !invite && (
        <label class="field">
          <span>{t("Invitation")}</span>
          <input name="invite" autocomplete="off" required maxLength={64} />
        </label>
      )}
      <Actions busy={busy.value} failed={failed.value} label={t("Create account")} />
    </form>
  );
}
