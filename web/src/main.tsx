import { render } from "preact";
import { Account } from "./app/account.ts";
import { followLanguage } from "./app/language.ts";
import { follow } from "./app/route.ts";
import { followOtherTabs, followSettings } from "./app/settings.ts";
import "./styles/index.css";
import { startWorker } from "./app/worker.ts";
import { App } from "./view/app.tsx";

/** Milliseconds in which the page may begin without saying so. */
const GRACE = 300;
/** Milliseconds until it is heard what other tabs change: the first screen comes first. */
const LISTEN_AFTER = 1_000;

const account = new Account();
follow();
followSettings();
startWorker();
const started = account.start();
const late = new Promise((resolve) => setTimeout(resolve, GRACE));
// What is shown first is in the right language; and it isn't that the page begins, unless that takes a while.
void Promise.all([followLanguage(), Promise.race([started, late])]).then(() => {
  render(<App account={account} />, document.getElementById("app")!);
  setTimeout(followOtherTabs, LISTEN_AFTER);
});
