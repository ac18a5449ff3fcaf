// Suggested competences, while somebody writes: asked for after each save, taken or refused without loading the page.
import { keepBeside } from "./beside.js";

const form = document.getElementById("draft");
const aside = document.getElementById("likeness");
const ANSWER = /^(teach|refuse)-(.+)$/;

function replace(text) {
  const focused = aside.contains(document.activeElement) ? document.activeElement : null;
  const { value, href } = focused ?? {};
  aside.innerHTML = text; // made by the server's escaping templates
  if (!focused) return;
  const same = [...aside.querySelectorAll("button, a")].find((e) => (value ? e.value === value : e.href === href));
  (same ?? aside.querySelector("button") ?? form.querySelector("#teaches input"))?.focus();
}

function hidden(name, value) {
  const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
  form.append(field);
}

function tick(identifier, name) {
  const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "teaches", value: identifier });
  box.checked = true;
  const label = document.createElement("label");
  const text = Object.assign(document.createElement("span"), { textContent: name.textContent, lang: name.lang });
  label.append(box, " ", text);
  document.querySelector("#teaches .boxes").append(label);
}

aside.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const [, verb, identifier] = ANSWER.exec(button?.value ?? "") ?? [];
  if (!verb) return;
  event.preventDefault();
  const row = button.closest("li");
  if (verb === "teach") tick(identifier, row.querySelector("strong"));
  else hidden("refused", identifier);
  const next = row.nextElementSibling ?? row.previousElementSibling;
  (next?.querySelector("button") ?? document.querySelector("#teaches input"))?.focus();
  row.remove();
  form.dispatchEvent(new Event("input", { bubbles: true })); // the draft has changed: taking-part.js saves it
});
keepBeside(form, aside, replace);
