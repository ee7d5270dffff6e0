/** A setting that is on or off. */

import type { Signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { Switch } from "../app/settings.ts";

export function OnOff(props: { label: string; value: Signal<Switch>; children?: ComponentChildren }): JSX.Element {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        checked={props.value.value === "on"}
        onChange={(event) => (props.value.value = event.currentTarget.checked ? "on" : "off")}
      />
      <span>
        {props.label}
        {props.children && <small>{props.children}</small>}
      </span>
    </label>
  );
}
