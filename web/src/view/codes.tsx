/** Forms for codes that the server sent: one confirms a new account, one allows a new password. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { sentenceOf } from "../api/errors.ts";
import type { Step } from "../app/door.ts";
import { navigate } from "../app/route.ts";
import { useAccount } from "./context.ts";
import { Actions, begin, NewPassword, text, useForm, UsernameField, usernameOf } from "./form.tsx";

type At<Name extends Step["name"]> = { step: Extract<Step, { name: Name }> };

export function Confirm({ step }: At<"confirm">): JSX.Element {
  const { door } = useAccount();
  const { busy, failed, submit } = useForm((data) => door.confirm(step.password ? step.username : usernameOf(data), code(data)));
  const sent = useSignal("");
  /** The code may have got lost, or be too old. */
  const again = async (form: HTMLFormElement | null): Promise<void> => {
    const username = step.password || !form ? step.username : usernameOf(new FormData(form));
    sent.value = "";
    failed.value = "";
    try {
      await door.resend(username);
      sent.value = username;
    } catch (error) {
      failed.value = sentenceOf(error);
    }
  };
  return (
    <form class="form" onSubmit={submit} aria-label="Confirm your account">
      {step.password ? (
        <p class="hint">
          A code was sent to you. With it you confirm your account, <bdi>{step.username}</bdi>.
        </p>
      ) : (
        <p class="hint">Enter the code that was sent to you when you made your account.</p>
      )}
      {!step.password && <UsernameField value={step.username} first={!step.username} />}
      <Code first={!!step.username} />
      <Actions busy={busy.value} failed={failed.value} label="Confirm" />
      <p class="form-links">
        <button type="button" class="text-button" onClick={(event) => void again(event.currentTarget.form)}>
          Send a new code
        </button>
      </p>
      {sent.value && (
        <p class="hint" role="status">
          If <bdi>{sent.value}</bdi> is still to be confirmed, a new code was sent.
        </p>
      )}
      <Back />
    </form>
  );
}

/** Where the server can send no code, a person has to help. */
export function Forgot({ step }: At<"forgot">): JSX.Element {
  const { config, door } = useAccount();
  const { busy, failed, submit } = useForm((data) => door.sendCode(usernameOf(data)));
  if (!config.codes) {
    return (
      <div class="form">
        <p>This server can’t send you a code. Ask its administrator to set a new password for you.</p>
        <Back first />
      </div>
    );
  }
  return (
    <form class="form" onSubmit={submit} aria-label="Forgot password">
      <p class="hint">You get a code, with which you choose a new password.</p>
      <UsernameField value={step.username} first />
      <Actions busy={busy.value} failed={failed.value} label="Send the code" />
      <Back />
    </form>
  );
}

export function Reset({ step }: At<"reset">): JSX.Element {
  const { door } = useAccount();
  const { busy, failed, submit } = useForm((data) => door.reset(step.username, code(data), text(data, "new")));
  return (
    <form class="form" onSubmit={submit} aria-label="Reset the password">
      <p class="hint" role="status">
        If there is an account <bdi>{step.username}</bdi>, a code was sent to it.
      </p>
      <input type="hidden" name="username" autocomplete="username" value={step.username} />
      <Code first />
      <NewPassword name="new" label="New password" />
      <Actions busy={busy.value} failed={failed.value} label="Change the password" />
      <Back />
    </form>
  );
}

/** Pasting and what a device fills in by itself are welcome (WCAG 2.2, 3.3.8). */
function Code({ first }: { first: boolean }): JSX.Element {
  return (
    <label class="field">
      <span>Code</span>
      <input
        name="code"
        autocomplete="one-time-code"
        autocapitalize="none"
        spellcheck={false}
        required
        maxLength={64}
        {...(first && { ref: begin })}
      />
    </label>
  );
}

function Back({ first = false }: { first?: boolean }): JSX.Element {
  const { door } = useAccount();
  const back = (): void => {
    door.begin();
    navigate("/");
  };
  return (
    <p class="form-links">
      <button type="button" class="text-button" onClick={back} {...(first && { ref: begin })}>
        Back to signing in
      </button>
    </p>
  );
}

const code = (data: FormData): string => text(data, "code").trim();
