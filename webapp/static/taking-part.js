// Saves a draft while somebody writes. Without it the form works by its buttons; what is saved is the same.
import { keepBeside } from "./beside.js";

const form = document.getElementById("draft");
const remarks = document.getElementById("remarks");
const status = document.getElementById("saved");
const DELAY = 1500; // milliseconds without a change before a save

let waiting = null;
let saving = false;
let again = false;
let changed = false;
let stopped = false;

function minutesInClass() {
  if (!document.getElementById("minutes")) return; // a story has no activities
  let total = 0;
  for (const activity of form.querySelectorAll(".activity")) {
    const minutes = activity.querySelector("[name$='.minutes']").value.trim();
    if (activity.querySelector("[name$='.inClass']").checked && /^\d+$/.test(minutes)) total += Number(minutes);
  }
  document.getElementById("minutes").textContent = total;
}

async function save() {
  if (saving) {
    again = true;
    return;
  }
  saving = true;
  again = false;
  changed = false;
  status.textContent = form.dataset.saving;
  const sent = new FormData(form);
  sent.set("do", "save");
  try {
    const answer = await fetch(form.action, { method: "POST", body: sent, headers: { "X-Requested-With": "fetch" } });
    if (answer.ok) {
      show(await answer.json());
    } else {
      changed = true;
      // A form of a session that is over is refused, too; both end by signing in again.
      const texts = { 401: form.dataset.signedOut, 403: form.dataset.signedOut, 409: form.dataset.conflict };
      status.textContent = texts[answer.status] ?? form.dataset.unsaved;
      stopped = answer.status === 409;
    }
  } catch {
    changed = true;
    status.textContent = form.dataset.unsaved;
  }
  saving = false;
  if (again && !stopped) save();
}

function show(saved) {
  form.elements.version.value = saved.version;
  status.textContent = form.dataset.saved;
  form.dispatchEvent(new CustomEvent("saved"));
}

function later() {
  changed = true;
  minutesInClass();
  if (stopped) return;
  clearTimeout(waiting);
  waiting = setTimeout(save, DELAY);
}

form.addEventListener("input", later);
keepBeside(form, remarks, (text) => {
  remarks.innerHTML = text; // made by the server's escaping templates
});
form.addEventListener("submit", () => {
  clearTimeout(waiting);
  changed = false;
});
addEventListener("beforeunload", (event) => {
  if (changed || saving) event.preventDefault();
});
