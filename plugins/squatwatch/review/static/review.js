// Judging with the keyboard or the mouse. All text goes in as text; every address is relative.
"use strict";

const $ = (selector, within = document) => within.querySelector(selector);
const table = $("table.detections");
const rows = table ? [...table.tBodies[0].rows] : [];
const mayWrite = Boolean($(".judging"));
const KEYS = { s: "squat", n: "not_squat", w: "watch", o: "own" };
const WORDS = { squat: "confirmed squat", not_squat: "not a squat", watch: "watched", own: "own or authorised" };
let current = 0;

// ---- where we are

function go(to, scroll = true) {
  if (!rows.length) return;
  rows[current].tabIndex = -1;
  current = Math.max(0, Math.min(rows.length - 1, to));
  const row = rows[current];
  row.tabIndex = 0;
  for (const each of rows) each.toggleAttribute("data-current", each === row);
  row.focus({ preventScroll: true });
  if (scroll) row.scrollIntoView({ block: "nearest" });
  tellTarget();
}

// a look-alike is never named without its A-label, which no brand has
const nameOf = ({ dataset: { name, alabel } }) => (name === alabel ? name : `${name} = ${alabel}`);
const selected = () => rows.filter((row) => $("input", row.cells[0])?.checked);
const targets = () => (selected().length ? selected() : rows.length ? [rows[current]] : []);

function select(row, on) {
  const box = $("input", row.cells[0]);
  if (box) box.checked = on;
  row.toggleAttribute("data-selected", on);
  tellTarget();
}

function tellTarget() {
  if (!mayWrite) return;
  const count = selected().length;
  $("#target").textContent = count ? `${count} selected` : nameOf(rows[current]);
  const all = $("#all");
  all.checked = count === rows.length;
  all.indeterminate = count > 0 && count < rows.length;
}

// ---- what we say

async function post(where, what) {
  let answer;
  try {
    answer = await fetch(where, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(what),
    });
  } catch {
    throw new Error("Airflow does not answer; nothing was saved");
  }
  if (answer.ok) return answer.json();
  if (answer.status === 401) throw new Error("Your session has ended: reload the page and log in. Nothing was saved");
  if (answer.status === 403) throw new Error("You may look, but not judge");
  throw new Error((await answer.json().catch(() => ({}))).detail ?? `Airflow answered ${answer.status}`);
}

const undoable = {
  key: "squatwatch-undo",
  all: () => JSON.parse(sessionStorage.getItem(undoable.key) ?? "[]"),
  keep: (steps) => sessionStorage.setItem(undoable.key, JSON.stringify(steps.slice(-50))),
  push: (step) => undoable.keep([...undoable.all(), step]),
};

let busy = Promise.resolve();
const inTurn = (work) => (busy = busy.then(work).catch((error) => toast(error.message, true)));

function judge(verdict) {
  const chosen = targets();
  const single = !selected().length;
  if (!chosen.length) return;
  const note = $("#note").value.trim();
  const what = { run_date: table.dataset.runDate, detection_ids: chosen.map((row) => row.dataset.id), verdict };
  if (note) what.note = note;
  $("#note").value = "";
  chosen.forEach((row) => select(row, false));
  if (single) go(current + 1);
  inTurn(async () => {
    const answer = await post("labels", what).catch((error) => {
      if (note) $("#note").value = note;
      throw error;
    });
    show(answer);
    const name = chosen.length === 1 ? nameOf(chosen[0]) : `${chosen.length} detections`;
    undoable.push({ run_date: answer.run_date, earlier: answer.earlier, words: name });
    toast(`${name}: ${WORDS[verdict]}`);
  });
}

function undo() {
  inTurn(async () => {
    const steps = undoable.all();
    const step = steps.pop();
    if (!step) return toast("There is nothing to undo");
    const answer = await post("undo", { run_date: step.run_date, earlier: step.earlier });
    undoable.keep(steps);
    show(answer);
    const at = rows.findIndex((row) => row.dataset.id === step.earlier[0].detection_id);
    if (at >= 0) go(at);
    toast(`${step.words}: as before${at < 0 ? ` (on ${step.run_date})` : ""}`);
  });
}

function show(answer) {
  if (!table || answer.run_date !== table.dataset.runDate) return;
  for (const now of answer.now) {
    const row = rows.find((each) => each.dataset.id === now.detection_id);
    if (!row) continue;
    count(row.dataset.state, -1);
    count(now.state, 1);
    row.dataset.state = now.state;
    for (const part of ["state", "verdict", "by", "note"]) $(`[data-part=${part}]`, row).textContent = now[part];
    $("[data-part=state]", row).className = `pill ${now.state.toLowerCase()}`;
    $("[data-part=note]", row).hidden = !now.note;
  }
  $("#judged").textContent = answer.judged;
  $("#judged-bar").value = answer.judged;
}

// the tabs count what the search and the filters leave, which the server was not asked for again
function count(state, by) {
  const shown = $(`[data-state-count=${state}]`);
  shown.textContent = Number(shown.textContent) + by;
}

// ---- allowlist

function openExcuse() {
  if (!rows.length) return;
  const row = targets()[0];
  const dialog = $("#excuse");
  dialog.dataset.id = row.dataset.id;
  $("#excuse-name").textContent = nameOf(row);
  $("#excuse-trouble").textContent = "";
  $("#excuse-reason").value = $("#note").value;
  dialog.showModal();
  $("#excuse-reason").focus();
}

async function sendExcuse(event) {
  event.preventDefault();
  const dialog = $("#excuse");
  const what = {
    run_date: table.dataset.runDate,
    detection_id: dialog.dataset.id,
    reason: $("#excuse-reason").value,
    expires_on: $("#excuse-until").value || null,
  };
  try {
    const answer = await post("allowlist", what);
    dialog.close();
    markExcused(dialog.dataset.id);
    if (answer.stale) tellStale(answer.stale);
    toast(`${answer.domain} is on the allowlist`);
  } catch (error) {
    $("#excuse-trouble").textContent = error.message;
  }
}

function markExcused(id) {
  const cell = $("td.domain", rows.find((row) => row.dataset.id === id));
  if ($("[data-excused]", cell)) return;
  const badge = document.createElement("span");
  badge.className = "badge";
  badge.dataset.excused = "";
  badge.textContent = "allowlisted from the next run on";
  cell.append(badge);
}

function tellStale(stale) {
  $("#stale-words").textContent = `The allowlist has changed: ${stale.dates} ${stale.are} out of date. Refresh with`;
  $("#stale-command").textContent = stale.command;
  $("#stale").hidden = false;
}

// ---- saying what happened

let hiding;
function toast(text, isTrouble = false) {
  const line = $("#toast");
  line.textContent = text;
  line.classList.toggle("trouble", isTrouble);
  line.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => (line.hidden = true), isTrouble ? 12000 : 4000);
}

// ---- keys and clicks

const ACTS = {
  help: () => $("#help").showModal(),
  undo,
  allowlist: openExcuse,
  close: () => document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close()),
};
const follow = (selector) => $(selector)?.click();
const ALWAYS = {
  j: () => go(current + 1),
  ArrowDown: () => go(current + 1),
  k: () => go(current - 1),
  ArrowUp: () => go(current - 1),
  Home: () => go(0),
  End: () => go(rows.length - 1),
  "/": () => $("#search")?.select(),
  "?": ACTS.help,
  i: () => $("details.more summary", rows[current])?.click(),
  "[": () => follow("#previous"),
  "]": () => follow("#next"),
  "{": () => follow(".strip [rel=prev]"),
  "}": () => follow(".strip [rel=next]"),
};
const WRITING = {
  x: () => rows.length && select(rows[current], !rows[current].hasAttribute("data-selected")),
  u: undo,
  a: openExcuse,
  m: () => $("#note").focus(),
  Escape: () => rows.forEach((row) => select(row, false)),
};

addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
  if (event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
  if (typing) {
    if (event.key === "Escape" || (event.key === "Enter" && event.target.id === "note")) go(current);
    return;
  }
  const act = ALWAYS[event.key] ?? (mayWrite ? WRITING[event.key] : undefined);
  if (act) act();
  else if (mayWrite && KEYS[event.key]) judge(KEYS[event.key]);
  else return;
  event.preventDefault();
});

addEventListener("click", (event) => {
  const button = event.target.closest("button[data-act], button[data-verdict]");
  if (button?.dataset.verdict) judge(button.dataset.verdict);
  else if (button) ACTS[button.dataset.act]();
  const row = event.target.closest("tr[data-id]");
  if (row && !event.target.closest("a")) go(rows.indexOf(row), false);
});

addEventListener("change", (event) => {
  const on = event.target.checked; // select() sets the box of all
  if (event.target.id === "all") rows.forEach((row) => select(row, on));
  const row = event.target.closest("tr[data-id]");
  if (row) select(row, on);
});

$("#excuse form")?.addEventListener("submit", sendExcuse);
for (const dialog of document.querySelectorAll("dialog")) dialog.addEventListener("close", () => go(current));
go(Math.max(0, rows.findIndex((row) => row.dataset.state === "New" || row.dataset.state === "Changed")), false);
