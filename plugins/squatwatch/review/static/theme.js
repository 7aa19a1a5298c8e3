// The theme of Airflow around this frame, as its UI keeps it; without it, the browser's.
(() => {
  const root = document.documentElement;
  const around = () => {
    try {
      const classes = window.parent !== window ? window.parent.document.documentElement.classList : null;
      const kept = ["dark", "light"].find((theme) => classes?.contains(theme)) ?? localStorage.getItem("theme");
      return kept === "dark" || kept === "light" ? kept : null;
    } catch {
      return null;
    }
  };
  const follow = () => {
    const theme = around();
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  follow();
  addEventListener("storage", follow);
  try {
    if (window.parent !== window)
      new MutationObserver(follow).observe(window.parent.document.documentElement, { attributeFilter: ["class"] });
  } catch {
    // a frame of another origin keeps its theme to itself
  }
})();
