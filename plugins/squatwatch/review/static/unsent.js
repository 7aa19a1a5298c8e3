// What was said and is not saved yet. It outlives a reload and a log-in, in this tab, and is sent in the order it was said.
// A post leaves the tab's memory once the server has taken or refused it, or the analyst has answered a conflict.
import { $, show, toast } from "./rows.js";

const KEY = "squatwatch-unsent";
const LONGEST = 60_000; // ms that an answer may take
export const user = $("#unsent")?.dataset.user;
const read = () => JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
const write = (posts) => sessionStorage.setItem(KEY, JSON.stringify(posts));
const withoutFirst = () => write(read().slice(1));
// by kind: {post(what) gives the path and the body, done(what, answer), refused(what, message); where colleagues can be
// in conflict: words(what), again(what, seen), without(what, seen)}
const handlers = {};
let sending = Promise.resolve();
let asked; // a conflict that the analyst has not answered yet

class Unreachable extends Error {}

export const handle = (kind, handler) => (handlers[kind] = handler);

export const inTurn = (work) => (sending = sending.then(work).catch((error) => toast(error.message, true)));
export const sendAll = () => inTurn(sendNext);

export function send(kind, what) {
  write([...read(), { user, kind, what }]);
  return sendAll();
}

// what this analyst said last and never left the tab, if anything
export function takeLast() {
  const posts = read();
  if (posts.at(-1)?.user !== user) return undefined;
  const { what } = posts.pop();
  write(posts);
  hideIfSaved();
  return what;
}

export const isAsking = () => Boolean(asked);

async function sendNext() {
  if (!user) return;
  for (let posts = read(); posts.length && !asked; posts = read()) {
    if (posts[0].user !== user) return tell(`${posts[0].user} said this; log in as ${posts[0].user} to save it.`, true);
    const { kind, what } = posts[0];
    const { path, body } = handlers[kind].post(what);
    let answer;
    try {
      answer = await post(path, body);
    } catch (error) {
      if (error instanceof Unreachable) return tell(error.message);
      withoutFirst(); // it would be refused again
      toast(error.message, true);
      handlers[kind].refused?.(what, error.message);
      continue;
    }
    if (answer.conflict) return ask(kind, what, answer);
    withoutFirst();
    show(answer);
    handlers[kind].done(what, answer);
  }
  hideIfSaved();
}

async function post(path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(LONGEST),
    });
  } catch {
    throw new Unreachable("Airflow does not answer.");
  }
  if (answer.status === 401) throw new Unreachable("Your session has ended.");
  const said = await answer.json().catch(() => ({}));
  if (answer.status >= 500) throw new Unreachable(`It cannot be saved now: ${said.detail ?? answer.status}.`);
  if (said.now) return said; // a conflict too says how things are now
  if (answer.ok) throw new Unreachable("Something else than Airflow answers, perhaps a log-in."); // a proxy's page
  if (answer.status === 403) throw new Error("You may look, but not judge");
  throw new Error(said.detail ?? `Airflow answered ${answer.status}`);
}

function tell(why, isAnothers = false) {
  const count = read().length;
  $("#unsent-count").textContent = count === 1 ? "One change is" : `${count} changes are`;
  $("#unsent-why").textContent = why;
  $("#unsent-log-in").href = location.href;
  $("#unsent-discard").hidden = !isAnothers;
  $("#unsent").hidden = false;
}

function hideIfSaved() {
  if (!read().length && $("#unsent")) $("#unsent").hidden = true;
}

// only what somebody else left in this tab
export function discard() {
  write(read().filter((post) => post.user === user));
  sendAll();
}

// ---- somebody else has judged meanwhile

function ask(kind, what, answer) {
  asked = { kind, what, answer };
  const lines = answer.now.map((now) => {
    const line = document.createElement("li");
    const said = now.by ? `${now.state_words}, said ${now.by}` : `taken back by ${answer.by[now.detection_id]}`;
    line.textContent = `${now.name}: ${said}${now.note ? ` (${now.note})` : ""}`;
    return line;
  });
  $("#conflict-words").replaceChildren(...lines);
  $("#conflict-mine").textContent = handlers[kind].words(what);
  $("#conflict").showModal();
}

export function decide(isMine) {
  if (!asked) return;
  const { kind, what, answer } = asked;
  asked = undefined;
  $("#conflict").close();
  show(answer);
  const seen = Object.fromEntries(answer.now.map((now) => [now.detection_id, now.seen]));
  const again = isMine ? handlers[kind].again(what, seen) : handlers[kind].without(what, seen);
  withoutFirst();
  if (again) write([{ user, kind, what: again }, ...read()]);
  else toast("Theirs was kept");
  sendAll();
}

$("#conflict")?.addEventListener("close", () => decide(false)); // Escape leaves things as they are
addEventListener("focus", () => read().length && sendAll());
