/* The little script of the staff pages. Every page works without it; it only saves a touch here and there.
   "/" goes to the search, a changed filter is applied at once, a password can be looked at, a message can be put away,
   an opened sealed case says how long it stays open and seals itself with what was typed on it (without a script the
   answer's own order to close does it, a little later, and keeps nothing). */
"use strict";

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  const find = document.querySelector("[data-find]");
  if (event.key === "/" && !typing && find) {
    event.preventDefault();
    find.focus();
  }
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-filters]");
  if (form && event.target.matches("select, input[type=date]")) form.requestSubmit();
});

document.addEventListener("click", (event) => {
  const eye = event.target.closest("[data-eye]");
  if (eye) {
    const input = document.getElementById(eye.dataset.eye);
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    eye.setAttribute("aria-pressed", String(!shown));
  }
  if (event.target.closest("[data-print]")) window.print();
  const away = event.target.closest("[data-away]");
  if (away) away.parentElement.remove();
  for (const open of document.querySelectorAll("details.pop[open]")) {
    if (!open.contains(event.target)) open.removeAttribute("open");
  }
});

for (const button of document.querySelectorAll("[data-scripted]")) button.hidden = false;

const unsealed = document.querySelector("[data-closes]");
if (unsealed) {
  const until = performance.now() + Number(unsealed.dataset.closes) * 1000;
  const left = unsealed.querySelector("[data-left]");
  const clock = setInterval(() => {
    const seconds = Math.max(0, Math.ceil((until - performance.now()) / 1000));
    left.textContent = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds === 0) unsealed.querySelector("[data-seal]").click();
  }, 500);
  // Whatever is sent leaves this page: sealing must neither come twice nor cut an answer short.
  document.addEventListener("submit", () => clearInterval(clock));
}
