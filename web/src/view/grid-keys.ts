/** Arrow keys in a grid of buttons that flows as wide as it is: which is below another is seen from where they are. */

export function gridKeys(event: KeyboardEvent, grid: HTMLElement, go: (index: number) => void): void {
  const all = [...grid.querySelectorAll<HTMLElement>("button")];
  const at = all.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  const columns = Math.max(1, all.findIndex((button) => button.offsetTop > all[0]!.offsetTop));
  const right = getComputedStyle(grid).direction === "rtl" ? -1 : 1;
  const steps: Record<string, number> = {
    ArrowRight: at + right,
    ArrowLeft: at - right,
    ArrowDown: at + columns,
    ArrowUp: at - columns,
    Home: 0,
    End: all.length - 1,
  };
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const next = all[step];
  if (!next) return;
  go(step);
  next.focus();
}
