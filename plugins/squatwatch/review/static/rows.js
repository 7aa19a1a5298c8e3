// The rows of the page: which one is current, which are selected, and what each says.

export const $ = (selector, within = document) => within.querySelector(selector);
export const table = $("table.detections");
export const rows = table ? [...table.querySelectorAll("tr[data-id]")] : [];
export const mayWrite = Boolean($(".judging"));
let current = 0; // rows.length once the last row has been judged: then none is current

export const currentRow = () => rows[current];
export const rowOf = (id) => rows.find((row) => row.dataset.id === id);
export const selected = () => rows.filter((row) => $("input", row.cells[0])?.checked);
export const targets = () => (selected().length ? selected() : rows.slice(current, current + 1));

// a look-alike is never named without its A-label, which no brand has
export const nameOf = ({ dataset: { name, alabel } }) => (name === alabel ? name : `${name} = ${alabel}`);

export function go(to, scroll = true) {
  if (!rows.length) return;
  current = Math.max(0, Math.min(rows.length, to));
  for (const row of rows) {
    row.tabIndex = row === currentRow() ? 0 : -1;
    row.toggleAttribute("data-current", row === currentRow());
  }
  if (currentRow()) {
    currentRow().focus({ preventScroll: true });
    if (scroll) currentRow().scrollIntoView({ block: "nearest" });
  } else document.activeElement?.blur();
  tellTarget();
}

// rows of a wave, of uses or of others that are folded are passed over
export const isShown = (row) => row.getClientRects().length > 0;
function shownFrom(at, step) {
  while (rows[at] && !isShown(rows[at])) at += step;
  return rows[at] ? at : undefined;
}
export const next = () => go(shownFrom(current + 1, 1) ?? current);
export const previous = () => go(shownFrom(current - 1, -1) ?? current);
export const first = () => go(shownFrom(0, 1) ?? 0);
export const last = () => go(shownFrom(rows.length - 1, -1) ?? 0);
export const stay = () => go(current);
export const goTo = (row, scroll = true) => go(rows.indexOf(row), scroll);

// after the last row none is current, so that one key too many judges nothing
export const goBelow = (judged) => {
  const lowest = Math.max(...judged.map((row) => rows.indexOf(row)));
  go(shownFrom(lowest + 1, 1) ?? rows.length);
};

// ---- what is folded

export const unfold = () => {
  const own = $(".unfold", currentRow()?.parentElement);
  for (const box of own ? [own] : document.querySelectorAll(".uses .unfold, .others .unfold")) box.click();
};
export const wave = (row) => (row?.parentElement.matches(".wave") ? [...row.parentElement.rows] : []);
export const folded = () => currentRow() && !isShown(currentRow()) && previous();

export function select(row, on) {
  const box = $("input", row.cells[0]);
  if (box) box.checked = on;
  row.toggleAttribute("data-selected", on);
  tellTarget();
}

export const selectNone = () => rows.forEach((row) => select(row, false));

function tellTarget() {
  if (!mayWrite) return;
  const count = selected().length;
  const name = currentRow() ? nameOf(currentRow()) : "End of the page";
  $("#target").textContent = count ? `${count} selected` : name;
  const all = $("#all");
  all.checked = count > 0 && count >= rows.filter(isShown).length;
  all.indeterminate = count > 0 && !all.checked;
}

// ---- what the server answered

export function show(answer) {
  if ("stale" in answer) showStale(answer.stale);
  if (!table || answer.run_date !== table.dataset.runDate) return;
  for (const now of answer.now) {
    const row = rowOf(now.detection_id);
    if (row) showRow(row, now);
  }
  if (!$("#judged")) return;
  $("#judged").textContent = answer.judged;
  $("#judged-bar").value = answer.judged;
}

function showRow(row, now) {
  count(row.dataset.state, -1);
  count(now.state, 1);
  row.dataset.state = now.state;
  row.dataset.seen = now.seen;
  row.dataset.excusedBy = now.excused_by;
  const texts = { state: now.state_words, by: now.by, note: now.note, excuse: now.excuse };
  for (const [part, text] of Object.entries(texts)) {
    const place = $(`[data-part=${part}]`, row);
    place.textContent = text;
    place.hidden = !text;
  }
  $("[data-part=state]", row).className = `pill ${now.state}`;
}

// null: every date is as the lists of now make it
function showStale(stale) {
  $("#stale").hidden = !stale;
  if (!stale) return;
  $("#stale-words").textContent = `The allowlist has changed: ${stale.dates} ${stale.are} out of date.`;
  $("#stale-command").textContent = stale.command;
}

// the tabs count what the search and the filters leave, which the server was not asked for again
function count(state, by) {
  const number = $(`[data-state-count=${state}]`);
  if (number) number.textContent = Number(number.textContent) + by;
}

// ---- saying what happened

export const atEnd = () => toast("The page is judged to its end; k goes back, ] to the next page");

let hiding;
export function toast(text, isTrouble = false) {
  const line = $("#toast");
  line.textContent = text;
  line.classList.toggle("trouble", isTrouble);
  line.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => (line.hidden = true), isTrouble ? 12000 : 4000);
}
