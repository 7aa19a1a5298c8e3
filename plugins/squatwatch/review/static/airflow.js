// What the page asks of Airflow around it. Buttons with data-refresh have a date made again, or all that are out of date.
"use strict";

async function refresh(button) {
  const answer = await fetch("refresh", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ run_date: button.dataset.refresh || null }),
  });
  const { detail, words } = await answer.json().catch(() => ({}));
  if (answer.ok) return words;
  if (answer.status === 401) throw new Error("Your session has ended: reload the page and log in");
  throw new Error(detail ?? `Airflow answered ${answer.status}`);
}

addEventListener("click", async (event) => {
  const button = event.target.closest("[data-refresh]");
  if (!button) return;
  const line = button.parentElement.parentElement.querySelector("[data-outcome]");
  button.disabled = true;
  line.classList.remove("trouble");
  line.textContent = "Airflow is asked …";
  try {
    line.textContent = await refresh(button);
  } catch (error) {
    line.textContent = error instanceof TypeError ? "Airflow does not answer; nothing was started" : error.message;
    line.classList.add("trouble");
    button.disabled = false;
  }
});

// A link to Airflow's own pages leaves the frame. Its sandbox forbids that to this document, so the one around it goes.
addEventListener("click", (event) => {
  const link = event.target.closest("a[data-airflow]");
  if (!link || window.parent === window || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const outside = window.parent.document.createElement("a");
  outside.href = link.href;
  outside.click();
});
