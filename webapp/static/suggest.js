// Suggestions under the search box while one types: an editable combobox with a list (ARIA Authoring Practices 1.2).
// It listens at the document, so boxes that come later, or whose surroundings are swapped, need no set-up.

const DELAY = 120; // ms of rest before the server is asked
const FEWEST = 2; // letters

const boxes = new WeakMap();
const remembered = new Map();

document.addEventListener("focusin", ({ target }) => isBox(target) && prepare(target));
document.addEventListener("input", ({ target }) => isBox(target) && later(target));
document.addEventListener("keydown", (event) => isBox(event.target) && pressed(event));
document.addEventListener("focusout", ({ target }) => isBox(target) && close(target));
document.addEventListener("submit", ({ target }) => target.querySelectorAll?.("[data-suggest]").forEach(close));
for (const name of ["pointerdown", "click"]) document.addEventListener(name, pointed);
document.querySelectorAll("[data-suggest]").forEach(prepare);

function isBox(element) {
  return element instanceof HTMLInputElement && "suggest" in element.dataset;
}

function prepare(box) {
  if (boxes.has(box)) return boxes.get(box);
  const list = document.getElementById(box.dataset.suggestList);
  const status = document.getElementById(box.dataset.suggestStatus);
  const state = { list, status, active: -1, found: [], timer: 0, request: null, kinds: JSON.parse(box.dataset.kinds) };
  boxes.set(box, state);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");
  return state;
}

function later(box) {
  const state = prepare(box);
  clearTimeout(state.timer);
  state.request?.abort();
  const typed = box.value.trim();
  if (typed.length < FEWEST) return close(box);
  state.timer = setTimeout(async () => {
    const found = await ask(box, typed, state).catch(() => null);
    if (found && box.value.trim() === typed && document.activeElement === box) show(box, found, typed);
  }, DELAY);
}

async function ask(box, typed, state) {
  if (remembered.has(typed)) return remembered.get(typed);
  state.request = new AbortController();
  const address = new URL(box.dataset.suggest, location.href);
  address.searchParams.set("q", typed);
  address.searchParams.set("limit", "8");
  const language = new URLSearchParams(location.search).get("lang");
  if (language) address.searchParams.set("lang", language);
  const response = await fetch(address, { signal: state.request.signal });
  if (!response.ok) return null;
  const { suggestions } = await response.json();
  remembered.set(typed, suggestions);
  return suggestions;
}

function show(box, found, typed) {
  const state = prepare(box);
  state.found = found;
  state.active = -1;
  state.list.replaceChildren(...found.map((entry, place) => option(entry, place, typed, state)));
  state.list.hidden = !found.length;
  box.setAttribute("aria-expanded", String(found.length > 0));
  box.removeAttribute("aria-activedescendant");
  state.status.textContent = found.length ? box.dataset.found.replace("{count}", found.length) : box.dataset.none;
}

function option(entry, place, typed, state) {
  const item = document.createElement("li");
  item.id = `${state.list.id}-${place}`;
  item.role = "option";
  item.ariaSelected = "false";
  const name = document.createElement("span");
  // What matched is shown where it is not the name itself, as with synonyms and other languages.
  const same = entry.label.toLowerCase() === entry.text.toLowerCase();
  const text = document.createElement("span");
  if (entry.kind === "title") text.lang = entry.language;
  text.append(...marked(entry.label, same ? entry.start : entry.label.toLowerCase().indexOf(typed.toLowerCase()), typed));
  name.append(text);
  if (!same) {
    const other = document.createElement("span");
    other.lang = entry.language;
    other.className = "what";
    other.append(` (${entry.text})`);
    name.append(other);
  }
  const what = document.createElement("span");
  what.className = "what";
  what.textContent = (state.kinds[entry.kind] ?? "") + (entry.total ? ` · ${entry.total.toLocaleString(document.documentElement.lang)}` : "");
  item.append(name, what);
  return item;
}

function marked(text, start, typed) {
  const letters = [...text]; // starts are counted in code points
  if (start === null || start < 0) return [text];
  const end = start + [...typed].length;
  const bold = document.createElement("b");
  bold.textContent = letters.slice(start, end).join("");
  return [letters.slice(0, start).join(""), bold, letters.slice(end).join("")];
}

function pressed(event) {
  const box = event.target;
  const state = prepare(box);
  const open = !state.list.hidden;
  if (event.isComposing) return;
  if (event.key === "Escape" && open) {
    close(box);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (!open) {
      if (state.found.length && !event.shiftKey) show(box, state.found, box.value.trim());
      else return;
    }
    const count = state.found.length + 1; // one place is the box itself
    const step = event.key === "ArrowDown" ? 1 : -1;
    activate(box, ((state.active + 1 + step + count) % count) - 1);
  } else if (event.key === "Enter" && open && state.active >= 0) {
    take(box, state.active);
  } else {
    return;
  }
  event.preventDefault();
}

function activate(box, place) {
  const state = prepare(box);
  state.active = place;
  [...state.list.children].forEach((item, number) => {
    item.ariaSelected = String(number === place);
  });
  const item = state.list.children[place];
  item?.scrollIntoView({ block: "nearest" });
  if (item) box.setAttribute("aria-activedescendant", item.id);
  else box.removeAttribute("aria-activedescendant");
}

function pointed(event) {
  const item = event.target.closest?.("[role=option]");
  const box = item && document.querySelector(`[data-suggest-list="${item.parentElement.id}"]`);
  if (!box) return;
  event.preventDefault(); // the box keeps the focus, so the list stays until the click
  if (event.type === "click") take(box, [...item.parentElement.children].indexOf(item));
}

/** A title leads to its scenario, a concept to all scenarios that have it, as many as the list says. */
function take(box, place) {
  const entry = prepare(box).found[place];
  close(box);
  location.assign(entry.url);
}

function close(box) {
  const state = boxes.get(box);
  if (!state) return;
  clearTimeout(state.timer);
  state.request?.abort();
  state.list.hidden = true;
  state.active = -1;
  state.status.textContent = "";
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}
