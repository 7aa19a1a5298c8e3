// The slider of a brand's page: what another threshold would have flagged on the last 30 days.
// Everything is in the page as JSON; this only moves bars and changes numbers.
"use strict";

(() => {
  const MOST_LISTED = 25;
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("thresholds").textContent);
  const choice = byId("choice");
  const svg = byId("what-if").querySelector("svg");
  const days = [...svg.querySelectorAll(".day")];
  const numbers = [...svg.querySelectorAll(".numbers text")];
  const top = Number(svg.dataset.top);
  const base = Number(svg.dataset.base);
  const budget = data.budget;
  const inForce = data.steps[data.in_force];
  const sum = (counts) => counts.reduce((total, count) => total + count, 0);

  function drawBars(counts) {
    const highest = Math.max(1, 1.25 * (budget ?? 0), ...counts, ...inForce.counts);
    const height = (count) => ((base - top) * count) / highest;
    days.forEach((day, n) => {
      const bar = day.querySelector(".bar");
      if (!bar) return; // not scored
      bar.setAttribute("y", base - height(counts[n]));
      bar.setAttribute("height", height(counts[n]));
      const ghost = day.querySelector(".ghost");
      ghost.classList.toggle("moved", counts[n] !== inForce.counts[n]);
      for (const end of ["y1", "y2"]) ghost.setAttribute(end, base - height(inForce.counts[n]));
      bar.classList.toggle("over", budget !== null && counts[n] > budget);
      numbers[n].textContent = counts[n] || "";
      const apart = height(inForce.counts[n] - counts[n]); // the number stands above the bar, and above a line close by
      numbers[n].setAttribute("y", base - height(counts[n]) - 4 - (apart > 0 && apart < 16 ? apart : 0));
      day.querySelector("title").textContent = `${data.days[n]}: ${counts[n]} flagged, ${inForce.counts[n]} now`;
    });
    svg.querySelector(".budget")?.setAttribute("transform", `translate(0 ${base - height(budget)})`);
  }

  function list(id, names, count) {
    byId(`${id}-count`).textContent = count;
    byId(id).parentElement.hidden = count === 0;
    const lines = names.slice(0, MOST_LISTED).map((name) => {
      const line = document.createElement("li");
      const shown = document.createElement("bdi");
      shown.textContent = name.name;
      const figures = document.createElement("small");
      figures.textContent = [name.text, name.day, name.verdict].filter(Boolean).join(" · ");
      line.append(shown, figures);
      return line;
    });
    if (count > lines.length) {
      const more = document.createElement("li");
      more.textContent = `and ${count - lines.length} more`;
      lines.push(more);
    }
    byId(id).replaceChildren(...lines);
  }

  function show() {
    const step = data.steps[choice.value];
    const total = sum(step.counts);
    const difference = total - sum(inForce.counts);
    byId("chosen").value = step.text;
    choice.setAttribute("aria-valuetext", `${step.text}, ${total} names`);
    byId("total").textContent = total.toLocaleString("en");
    byId("per-day").textContent = (total / data.scored_days).toFixed(1);
    byId("over").textContent = budget === null ? "–" : step.counts.filter((count) => count > budget).length;
    byId("squats").textContent = step.judged[0];
    byId("false-alarms").textContent = step.judged[1];
    drawBars(step.counts);
    // names are sorted, the highest score first: those nearest to the threshold in force come first in both lists
    const come = data.names.filter((name) => name.score >= step.threshold && name.score < inForce.threshold);
    const go = data.names.filter((name) => name.score < step.threshold && name.score >= inForce.threshold).reverse();
    list("come", come, Math.max(0, difference));
    list("go", go, Math.max(0, -difference));
    const changed = Number(choice.value) !== data.in_force;
    byId("changes").hidden = !changed;
    byId("back").disabled = !changed;
  }

  choice.addEventListener("input", show);
  byId("back").addEventListener("click", () => {
    choice.value = data.in_force;
    show();
    choice.focus();
  });
  byId("chooser").hidden = false;
  show();
})();
