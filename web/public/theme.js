// Before the first paint, so that a dark page never flashes white. A file of its own, because the lab's policy allows no script inside a page.
(() => {
  const kept = localStorage.getItem("faultline.theme");
  const dark = kept === "dark" || (kept !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
