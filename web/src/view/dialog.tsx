/**
 * A modal dialog: the browser's own, which keeps the focus inside.
 *
 * Who has the focus afterwards: what appears in its place and asks for it, else what opened the dialog, else what is
 * around that. The dialog gives the focus back while it is taken off the page, and what appears takes it in a layout
 * effect, which comes after that in the same redraw. Effects would not do: Preact runs them some time after painting,
 * or earlier where a component is drawn again, so that one of them could come before or after the other.
 */

import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../words/index.ts";
import { Icon } from "./icons.tsx";
import { Notices } from "./notices.tsx";

interface Props {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  class?: string;
}

export function Dialog({ title, onClose, children, class: name = "" }: Props): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const closed = useRef(onClose);
  closed.current = onClose;
  useLayoutEffect(() => {
    const element = dialog.current!;
    const openers = withAround(document.activeElement);
    // A browser may close it without asking, such as at a second Escape.
    const close = (): void => closed.current();
    element.addEventListener("close", close);
    element.showModal();
    return () => {
      element.removeEventListener("close", close);
      element.close();
      const now = document.activeElement;
      if (now && now !== document.body && !element.contains(now)) return;
      openers.find((opener) => opener.isConnected)?.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`dialog ${name}`}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 dir="auto">{title}</h2>
          <button type="button" class="icon-button" aria-label={t("Close")} title={t("Close")} onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
      <Notices />
    </dialog>
  );
}

/** An element and what is around it and can have the focus, the nearest first: a button may be gone when its row is not. */
function withAround(element: Element | null): HTMLElement[] {
  const found: HTMLElement[] = [];
  for (let at = element; at; at = at.parentElement) {
    if (at instanceof HTMLElement && (at === element || at.hasAttribute("tabindex"))) found.push(at);
  }
  return found.filter((opener) => opener !== document.body);
}
