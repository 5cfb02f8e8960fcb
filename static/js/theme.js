// Light, dark or as the machine has it. Loaded before the first paint, so that no page flashes.
// The choice lives in a cookie: the server writes it into <html>, this file only resolves "auto".
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  function paint() {
    const choice = root.dataset.themeChoice || "auto";
    const theme = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
    root.dataset.bsTheme = theme;
    root.dataset.theme = theme; // the Django admin reads this one
    for (const button of document.querySelectorAll("[data-choose-theme]")) {
      button.setAttribute("aria-pressed", String(button.dataset.chooseTheme === choice));
    }
  }

  function choose(choice) {
    root.dataset.themeChoice = choice;
    const [prefix, secure] = location.protocol === "https:" ? ["__Host-", "; Secure"] : ["", ""];
    document.cookie = `${prefix}theme=${choice}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    paint();
  }

  root.classList.add("has-js");
  paint();
  dark.addEventListener("change", paint);
  document.addEventListener("DOMContentLoaded", paint);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-choose-theme]");
    if (button) choose(button.dataset.chooseTheme);
  });
})();
