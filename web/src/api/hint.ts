/** What is noted in this browser so that it need not be asked for: that something is there. */

/** Whether it is noted; true also where a browser notes nothing, so that it is asked for every time. */
export function hinted(name: string): boolean {
  try {
    return localStorage.getItem(name) !== null;
  } catch {
    return true;
  }
}

export function hint(name: string, on: boolean): void {
  try {
    if (on) localStorage.setItem(name, "1");
    else localStorage.removeItem(name);
  } catch {
    return;
  }
}
