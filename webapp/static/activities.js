// Moves activities in place, by their buttons or by dragging (built/sorting.js). Without it the buttons load the page anew.
const list = document.getElementById("activity-list");
const told = document.getElementById("moved");
const BUTTON = /^(up|down)-activity-/;

// What belongs to a place and not to what stands there: "Activity 1", "Activity 2" ...
const legends = [...list.children].map((activity) => activity.querySelector("legend").textContent);

function renumber() {
  const rows = [...list.children];
  rows.forEach((activity, at) => {
    const was = activity.querySelector("legend").textContent;
    const here = `activity-${at + 1}`;
    for (const element of [activity, ...activity.querySelectorAll("[id], [name], [for], [aria-describedby]")]) {
      for (const name of ["id", "name", "for", "aria-describedby"]) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replaceAll(/\bactivity-\d+/g, here));
      }
    }
    activity.querySelector("legend").textContent = legends[at];
    for (const button of activity.querySelectorAll("button[name='do']")) {
      button.value = button.value.replace(/activity-\d+/, here);
      const whose = button.querySelector(".visually-hidden");
      if (whose) whose.textContent = whose.textContent.replace(was, legends[at]);
    }
    activity.querySelector("[value^='up-']").hidden = at === 0;
    activity.querySelector("[value^='down-']").hidden = at === rows.length - 1;
  });
}

function moved(activity) {
  renumber();
  const number = [...list.children].indexOf(activity) + 1;
  told.textContent = list.dataset.moved.replace("{number}", number).replace("{count}", list.children.length);
  list.dispatchEvent(new Event("input", { bubbles: true })); // the draft has changed: taking-part.js saves it
}

list.addEventListener("moved", (event) => moved(event.target));
list.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const verb = BUTTON.exec(button?.value ?? "")?.[1];
  if (!verb) return;
  event.preventDefault();
  const activity = button.closest(".activity");
  if (verb === "up") activity.previousElementSibling.before(activity);
  else activity.nextElementSibling.after(activity);
  moved(activity);
  // The button stays under the finger; at the end of the list, its neighbour that leads back.
  (button.hidden ? activity.querySelector(`[value^='${verb === "up" ? "down" : "up"}-']`) : button).focus();
});
