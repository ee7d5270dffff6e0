/** Arrow keys among buttons that flow as wide as it is, also in several grids: which is below another is seen from where they are. */

export function gridKeys(event: KeyboardEvent, grid: HTMLElement, go: (index: number) => void): void {
  const all = [...grid.querySelectorAll<HTMLElement>("button")];
  const at = all.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  const right = getComputedStyle(grid).direction === "rtl" ? -1 : 1;
  const steps: Record<string, () => number> = {
    ArrowRight: () => at + right,
    ArrowLeft: () => at - right,
    ArrowDown: () => nextRow(all, at, 1),
    ArrowUp: () => nextRow(all, at, -1),
    Home: () => 0,
    End: () => all.length - 1,
  };
  const step = steps[event.key]?.();
  if (step === undefined) return;
  event.preventDefault();
  const next = all[step];
  if (!next) return;
  go(step);
  next.focus();
}

/** Of the row below (`by` is 1) or above the nearest one; -1 where there is no such row. */
function nextRow(all: readonly HTMLElement[], at: number, by: 1 | -1): number {
  const { offsetTop: top, offsetLeft: left } = all[at]!;
  let row: number | null = null;
  let found = -1;
  for (let index = at + by; index >= 0 && index < all.length; index += by) {
    const { offsetTop, offsetLeft } = all[index]!;
    if ((offsetTop - top) * by <= 0) continue;
    row ??= offsetTop;
    if (offsetTop !== row) break;
    if (found < 0 || Math.abs(offsetLeft - left) < Math.abs(all[found]!.offsetLeft - left)) found = index;
  }
  return found;
}
