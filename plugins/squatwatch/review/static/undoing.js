// Undo: an analyst's last fifty steps in this tab, verdicts and changes of the allowlist alike.
import { goTo, rowOf, toast } from "./rows.js";
import { handle, inTurn, isAsking, send, takeLast, user } from "./unsent.js";

const KEY = `squatwatch-undo ${user}`;
const LONGEST = 50; // steps
const read = () => JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
const write = (steps) => sessionStorage.setItem(KEY, JSON.stringify(steps.slice(-LONGEST)));

export const remember = (step) => write([...read(), step]);

export const undo = () =>
  inTurn(() => {
    if (isAsking()) return; // the question comes first
    const unsent = takeLast();
    if (unsent) return toast(`${unsent.name ?? unsent.words}: not sent`);
    const steps = read();
    const step = steps.pop();
    if (!step) return toast("There is nothing to undo");
    write(steps);
    send(`undo ${step.kind}`, step);
  });

function undone(step) {
  const row = rowOf(step.detection_ids[0]);
  if (row) goTo(row);
  toast(`${step.words}: as before${row ? "" : ` (on ${step.run_date})`}`);
}

const without = (labels, seen) => Object.fromEntries(Object.entries(labels).filter(([id]) => !(id in seen)));

handle("undo verdict", {
  post: ({ run_date, labels, seen = {} }) => ({ path: "undo", body: { run_date, labels, seen } }),
  done: undone,
  words: () => "undo",
  again: (step, seen) => ({ ...step, seen: { ...step.seen, ...seen } }),
  without: (step, seen) => {
    const labels = without(step.labels, seen);
    return Object.keys(labels).length ? { ...step, labels } : undefined;
  },
});

handle("undo allowlist", {
  post: ({ run_date, detection_ids: [detection_id], entry, added_at }) => ({
    path: "allowlist/take-back",
    body: { run_date, detection_id, entry, added_at },
  }),
  done: undone,
});

handle("undo take-back", {
  post: ({ run_date, detection_ids: [detection_id], entry, entries: [{ reason, expires_on }] }) => ({
    path: "allowlist",
    body: { run_date, detection_id, entry, reason, expires_on: expires_on || null },
  }),
  done: (step, { entries: [{ added_at }] }) => {
    // the step that had added the entry undoes the one that stands there now
    const old = step.entries[0].added_at;
    write(read().map((earlier) => (old && earlier.added_at === old ? { ...earlier, added_at } : earlier)));
    undone(step);
  },
});
