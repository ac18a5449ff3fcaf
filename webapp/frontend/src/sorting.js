// Lets activities of a draft be dragged by their handles, with a mouse or a finger. Keys and screen readers have the
// buttons "Move up" and "Move down", which do the same.
import Sortable from "sortablejs/modular/sortable.core.esm.js";
import { AutoScroll } from "sortablejs/modular/sortable.core.esm.js";

Sortable.mount(new AutoScroll());
const list = document.getElementById("activity-list");
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

for (const handle of list.querySelectorAll(".handle")) handle.hidden = false;
Sortable.create(list, {
  handle: ".handle",
  animation: still ? 0 : 150,
  forceFallback: true, // the same in every browser, by pointer events
  fallbackOnBody: true, // what follows the pointer is a copy, which must not be sent with the form
  fallbackTolerance: 3,
  ghostClass: "dragged",
  onEnd: ({ item, oldIndex, newIndex }) => {
    if (oldIndex !== newIndex) item.dispatchEvent(new CustomEvent("moved", { bubbles: true }));
  },
});
