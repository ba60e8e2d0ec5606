// Comfort only: every page is complete without this file.
"use strict";
(() => {
  const label = document.currentScript.dataset.show;

  document.getElementById("error-summary")?.focus();

  for (const input of document.querySelectorAll(".ak-control > input[type=password]")) {
    const button = document.createElement("button");
    const show = (visible) => {
      input.type = visible ? "text" : "password";
      button.setAttribute("aria-pressed", visible);
    };
    button.type = "button";
    button.className = "ak-button";
    button.dataset.tone = "quiet";
    button.textContent = label;
    button.setAttribute("aria-label", `${label}: ${input.labels[0]?.firstChild.textContent.trim() ?? ""}`);
    button.setAttribute("aria-controls", input.id);
    button.addEventListener("click", () => show(input.type === "password"));
    // A browser remembers what is typed into a text field, never what is typed into a password field.
    input.form?.addEventListener("submit", () => show(false));
    show(false);
    input.after(button);
  }
})();
