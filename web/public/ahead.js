// Asks for what the first screen needs before the page's program is there: who is signed in; then a ticket for the WebSocket,
// the list of conversations, and the messages of the one that the address names. The program would ask for one after the
// other, and that would be most of the waiting. The answers wait in `tertuliaAhead`, by method and address, for
// src/api/ahead.ts; where one isn't there, or is another than is wanted, the program asks itself. The names are those of
// src/api/session.ts and client.ts, and of src/app/sync.ts.
(function () {
  "use strict";
  const API = "/api";
  const HINT = "tertulia.signed-in";
  const LOCK = "tertulia-refresh";

  const answers = new Map();
  window.tertuliaAhead = { answers, begun: run().catch(() => undefined) };

  /** Notes the answer, and resolves to it. */
  function ask(method, address, token, body) {
    const headers = { Accept: "application/json" };
    if (token) headers["Authorization"] = "Bearer " + token;
    if (body) headers["Content-Type"] = "application/json";
    const signal = AbortSignal.timeout(15_000);
    const sent = fetch(address, { method, headers, body, signal, credentials: "same-origin", cache: "no-store" });
    const answer = sent.then(async (response) => ({ status: response.status, text: await response.text() }));
    // Whatever fails is asked for again by the program, which says what is wrong.
    answer.catch(() => undefined);
    answers.set(method + " " + address, { answer, asked: Date.now() });
    return answer;
  }

  /** The messages that most visits begin with: src/app/sync.ts, openPane and openFor. */
  function askForMessages(token) {
    const [, id, at] = /^\/c\/([A-Za-z0-9_-]{1,64})(?:\/(\d{1,16}))?\/?$/.exec(location.pathname) || [];
    const around = Number(at || 0) ? "around=" + Number(at) + "&" : "";
    if (id) ask("GET", API + "/conversations/" + id + "/messages?" + around + "limit=50", token);
  }

  async function run() {
    ask("GET", "/config.json");
    if (localStorage.getItem(HINT) === null || !("locks" in navigator)) return;
    const { status, text } = await navigator.locks.request(LOCK, () => ask("POST", API + "/auth/refresh", "", "{}"));
    if (status !== 200) return;
    const token = JSON.parse(text).access_token;
    askForMessages(token);
    ask("GET", API + "/conversations?limit=100", token);
    ask("POST", API + "/tickets", token);
  }
})();
