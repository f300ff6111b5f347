export type Theme = "light" | "dark" | "system";

const key = "faultline.theme"; // The same as in public/theme.js, which acts before the first paint.
const dark = window.matchMedia("(prefers-color-scheme: dark)");

export function chosenTheme(): Theme {
  const kept = localStorage.getItem(key);
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function chooseTheme(theme: Theme): void {
  if (theme === "system") localStorage.removeItem(key);
  else localStorage.setItem(key, theme);
  show();
}

function show(): void {
  const theme = chosenTheme();
  document.documentElement.dataset["theme"] = theme === "system" ? (dark.matches ? "dark" : "light") : theme;
}

dark.addEventListener("change", show);
