import { render } from "preact";
import { Account } from "./app/account.ts";
import { follow } from "./app/route.ts";
import { followSettings } from "./app/settings.ts";
import "./styles/index.css";
import { startWorker } from "./app/worker.ts";
import { App } from "./view/app.tsx";

const account = new Account();
follow();
followSettings();
startWorker();
render(<App account={account} />, document.getElementById("app")!);
void account.start();
