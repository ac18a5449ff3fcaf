// The SPARQL page with JavaScript: an editor in place of the textarea, and answers without leaving the page.
import { createEditor, markError } from "./editor.js";
import { createRunner } from "./running.js";

const form = document.getElementById("query-form");
const textarea = document.getElementById("query");

if (form && textarea) {
  const outcome = document.getElementById("outcome");
  const help = document.getElementById("editor-help");
  const view = createEditor({
    textarea,
    label: form.dataset.editorLabel,
    description: help.textContent,
    phrases: JSON.parse(form.dataset.phrases),
    completionsAddress: form.dataset.completions,
    run: () => form.requestSubmit(),
  });
  const shown = () => {
    const error = outcome.querySelector("#query-error");
    markError(view, error && { ...error.dataset, message: error.querySelector(".cause")?.textContent ?? "" });
    offerCopies(outcome);
  };
  for (const element of form.querySelectorAll("[data-without-script]")) element.hidden = true;
  help.hidden = false;
  document.getElementById("query-label").addEventListener("click", () => view.focus());
  createRunner({
    form,
    outcome,
    status: document.getElementById("query-status"),
    stop: document.getElementById("stop"),
    shown,
  });
  shown();
}

/** Give each program a button that copies it, where the browser lets pages do that. */
function offerCopies(outcome) {
  if (!navigator.clipboard) return;
  const { copy, copied } = outcome.querySelector("#programs")?.dataset ?? {};
  for (const program of outcome.querySelectorAll("pre.program")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet copy";
    button.textContent = copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(program.textContent);
      button.textContent = copied;
    });
    program.previousElementSibling.append(button);
  }
}
