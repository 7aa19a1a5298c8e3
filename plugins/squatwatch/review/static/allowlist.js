// Allowlist this, or take the entry that excuses it back.
import { $, atEnd, nameOf, rowOf, table, targets, toast } from "./rows.js";
import { remember } from "./undoing.js";
import { handle, send } from "./unsent.js";

export function openAllowlist() {
  const [row] = targets();
  if (!row) return atEnd();
  if (row.dataset.excusedBy) openTakeBack(row);
  else openExcuse(row);
}

function openExcuse(row, trouble = "") {
  const dialog = $("#excuse");
  $("#excuse-trouble").textContent = trouble;
  dialog.dataset.id = row.dataset.id;
  dialog.dataset.words = nameOf(row);
  $("#excuse-name").textContent = nameOf(row);
  $("#excuse-reason").value = $("#note").value;
  dialog.showModal();
  $("#excuse-reason").focus();
}

function openTakeBack(row) {
  const dialog = $("#take-back");
  dialog.dataset.id = row.dataset.id;
  dialog.dataset.entry = row.dataset.excusedBy;
  $("#take-back-entry").textContent = row.dataset.excusedBy.replaceAll(".", "[.]");
  $("#take-back-words").textContent = $("[data-part=excuse]", row).textContent;
  dialog.showModal();
}

$("#excuse form")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const dialog = $("#excuse");
  dialog.close();
  $("#note").value = ""; // it became the reason
  send("allowlist", {
    run_date: table.dataset.runDate,
    detection_id: dialog.dataset.id,
    reason: $("#excuse-reason").value,
    expires_on: $("#excuse-until").value || null,
    words: dialog.dataset.words,
  });
});

$("#take-back form")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const dialog = $("#take-back");
  dialog.close();
  const { id: detection_id, entry } = dialog.dataset;
  send("take-back", { run_date: table.dataset.runDate, detection_id, entry });
});

handle("allowlist", {
  post: ({ words, ...body }) => ({ path: "allowlist", body }),
  done: ({ run_date, detection_id, words }, { entry, entries: [{ added_at }] }) => {
    remember({ kind: "allowlist", run_date, detection_ids: [detection_id], entry, added_at, words });
    toast(`${words} is on the allowlist`);
  },
  refused: ({ detection_id, reason }, message) => {
    if (!rowOf(detection_id) || $("dialog[open]")) return;
    openExcuse(rowOf(detection_id), message);
    $("#excuse-reason").value = reason;
  },
});

handle("take-back", {
  post: (body) => ({ path: "allowlist/take-back", body }),
  done: ({ run_date, detection_id }, { entry, entries }) => {
    const words = entry.replaceAll(".", "[.]");
    remember({ kind: "take-back", run_date, detection_ids: [detection_id], entry, entries, words });
    toast(`${words} is off the allowlist`);
  },
});
