import { render } from "preact";
import { Account } from "./app/account.ts";
import { followLanguage } from "./app/language.ts";
import { follow } from "./app/route.ts";
import { followSettings } from "./app/settings.ts";
import "./styles/index.css";
import { startWorker } from "./app/worker.ts";
import { App } from "./view/app.tsx";

const account = new Account();
follow();
followSettings();
startWorker();
void account.start();
// What is shown first is in the right language.
void followLanguage().then(() => render(<App account={account} />, document.getElementById("app")!));
