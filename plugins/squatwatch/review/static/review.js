// Judging with the keyboard or the mouse. All text goes in as text; every address is relative.
import { openAllowlist } from "./allowlist.js";
import {
  $, atEnd, currentRow, first, folded, go, goBelow, goTo, isShown, last, mayWrite, nameOf, next, previous, rowOf, rows,
  select, selectNone, stay, table, targets, toast, unfold, wave,
} from "./rows.js";
import { remember, undo } from "./undoing.js";
import { decide, discard, handle, inTurn, send, sendAll } from "./unsent.js";

// the verdicts are those of the buttons, which the server makes from its own list
const buttons = [...document.querySelectorAll("button[data-verdict]")];
const KEYS = Object.fromEntries(buttons.map(({ dataset: { key, verdict } }) => [key, verdict]));
const WORDS = Object.fromEntries(buttons.map(({ dataset: { verdict, words } }) => [verdict, words]));

const wordsOf = (ids) => {
  if (ids.length > 1) return `${ids.length} detections`;
  return rowOf(ids[0]) ? nameOf(rowOf(ids[0])) : ids[0];
};

function judge(verdict) {
  const chosen = targets();
  if (!chosen.length) return atEnd();
  const note = $("#note").value.trim();
  $("#note").value = "";
  selectNone();
  goBelow(chosen);
  const detection_ids = chosen.map((row) => row.dataset.id);
  send("verdict", {
    run_date: table.dataset.runDate,
    detection_ids,
    verdict,
    note,
    seen: Object.fromEntries(chosen.map((row) => [row.dataset.id, Number(row.dataset.seen)])),
    name: wordsOf(detection_ids),
    words: WORDS[verdict],
  });
}

handle("verdict", {
  post: ({ name, words, ...body }) => ({ path: "labels", body }),
  done: ({ run_date, detection_ids, name, words }, { labels }) => {
    remember({ kind: "verdict", run_date, detection_ids, labels, words: name });
    toast(`${name}: ${words}`);
  },
  refused: ({ note }) => ($("#note").value ||= note),
  words: ({ words, note }) => words + (note ? ` (${note})` : ""),
  again: (what, seen) => ({ ...what, seen: { ...what.seen, ...seen } }),
  without: (what, seen) => {
    const detection_ids = what.detection_ids.filter((id) => !(id in seen));
    return detection_ids.length ? { ...what, detection_ids, name: wordsOf(detection_ids) } : undefined;
  },
});

// ---- keys and clicks

const ACTS = {
  help: () => $("#help").showModal(),
  undo,
  selectWave: (button) => wave(button.closest("tr")).forEach((row) => select(row, true)),
  allowlist: openAllowlist,
  close: () => document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close()),
  keepTheirs: () => decide(false),
  setMine: () => decide(true),
  sendAgain: sendAll,
  discard,
};
const follow = (selector) => inTurn(() => $(selector)?.click()); // once what was said before is saved
const ALWAYS = {
  j: next,
  ArrowDown: next,
  k: previous,
  ArrowUp: previous,
  Home: first,
  End: last,
  v: unfold,
  "/": () => $("#search")?.select(),
  "?": ACTS.help,
  i: () => currentRow() && $("details.more summary", currentRow())?.click(),
  "[": () => follow("#previous"),
  "]": () => follow("#next"),
  "{": () => follow(".strip [rel=prev]"),
  "}": () => follow(".strip [rel=next]"),
};
const WRITING = {
  x: () => currentRow() && select(currentRow(), !currentRow().hasAttribute("data-selected")),
  X: () => wave(currentRow()).forEach((row) => select(row, true)),
  u: undo,
  a: openAllowlist,
  m: () => $("#note").focus(),
  Escape: selectNone,
};
const MAY_REPEAT = new Set(["j", "k", "ArrowDown", "ArrowUp"]); // a key that is held down judges nothing

addEventListener("keydown", (event) => {
  const typing = event.target.matches?.("input:not([type=checkbox]), textarea, select");
  if (event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
  if (typing) {
    if (event.key === "Escape" || (event.key === "Enter" && event.target.id === "note")) stay();
    return;
  }
  const act = ALWAYS[event.key] ?? (mayWrite ? WRITING[event.key] : undefined);
  if (!act && !KEYS[event.key]) return;
  event.preventDefault();
  if (event.repeat && !MAY_REPEAT.has(event.key)) return;
  if (act) act();
  else judge(KEYS[event.key]);
});

addEventListener("click", (event) => {
  const button = event.target.closest("button[data-act], button[data-verdict]");
  if (button?.dataset.verdict) judge(button.dataset.verdict);
  else if (button) ACTS[button.dataset.act](button);
  const row = event.target.closest("tr[data-id]");
  if (row && !event.target.closest("a")) goTo(row, false);
});

addEventListener("change", (event) => {
  if (event.target.matches(".unfold")) return folded();
  const on = event.target.checked; // select() sets the box of all
  if (event.target.id === "all") rows.filter(isShown).forEach((row) => select(row, on));
  const row = event.target.closest("tr[data-id]");
  if (row) select(row, on);
});

for (const dialog of document.querySelectorAll("dialog")) dialog.addEventListener("close", stay);
go(Math.max(0, rows.findIndex((row) => ["new", "changed"].includes(row.dataset.state) && isShown(row))), false);
sendAll();
