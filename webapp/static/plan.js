/* Keeps plans in this browser, by name, each as the query of its address. The address itself is the truth: this script
   only remembers it, counts in the navigation, and turns "Add to plan" links into buttons that show their state. */

const KEY = "ihub.plans";
const MINE = "ihub.plan.mine";
const MOST = 60;

const state = load();
let status;
if (state) start();

/** What is kept: {active: name, plans: {name: query}}; null where the browser lets nothing be kept. */
function load() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "null");
    sessionStorage.getItem(MINE);
    return typeof found?.active === "string" && found.plans && typeof found.plans === "object"
      ? { active: found.active, plans: { ...found.plans } }
      : { active: "", plans: {} };
  } catch {
    return null;
  }
}

function save() {
  try {
    localStorage.setItem(KEY, JSON.stringify(state));
  } catch {
    // Full or forbidden: the plan lives on in its address.
  }
  show();
}

/** A query in one form: scenarios first, in order, and no language. */
function canonical(query) {
  const given = new URLSearchParams(query);
  const found = new URLSearchParams(given.getAll("s").map((slug) => ["s", slug]));
  for (const [name, value] of given) if (name !== "s" && name !== "lang") found.append(name, value);
  return found.toString();
}

function current() {
  const query = state.plans[state.active];
  return typeof query === "string" ? query : "";
}

function slugs(query = current()) {
  return new URLSearchParams(query).getAll("s");
}

function keep(query, name) {
  const found = canonical(query);
  if (found) state.plans[name] = found;
  else delete state.plans[name];
  state.active = name;
  save();
}

/** Show in the navigation and on every button what the plan holds now. */
function show() {
  const held = slugs();
  for (const link of document.querySelectorAll("[data-plan-link]")) {
    const query = current();
    link.href = link.dataset.planLink + (query ? `?${query}` : "");
    const count = link.querySelector("[data-plan-count]");
    count.textContent = ` (${held.length})`;
    count.hidden = !held.length;
  }
  for (const button of document.querySelectorAll("button[data-plan-slug]")) {
    const inside = held.includes(button.dataset.planSlug);
    button.setAttribute("aria-pressed", String(inside));
    button.firstElementChild.textContent = inside ? texts().planIn : button.dataset.planAdd;
  }
}

/** What to say; the page has it in its language. */
function texts() {
  return document.querySelector("[data-plan-link]").dataset;
}

/** Tell those who do not see the page what has changed. */
function announce(text) {
  status.textContent = "";
  requestAnimationFrame(() => { status.textContent = text; });
}

function toggle(button) {
  const slug = button.dataset.planSlug;
  const held = slugs();
  const inside = held.includes(slug);
  if (!inside && held.length >= MOST) {
    announce(texts().planFull.replace("{count}", held.length));
    return;
  }
  const next = inside ? held.filter((other) => other !== slug) : [...held, slug];
  const query = new URLSearchParams(next.map((one) => ["s", one]));
  for (const [name, value] of new URLSearchParams(current())) if (name !== "s") query.append(name, value);
  keep(query.toString(), state.active);
  announce((inside ? texts().planRemoved : texts().planAdded).replace("{count}", next.length));
}

/** Turn the links that start a plan into buttons; also those that came into the page later. */
function upgrade() {
  for (const link of document.querySelectorAll("a[data-plan-slug]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = link.className;
    Object.assign(button.dataset, link.dataset);
    button.append(...link.childNodes);
    button.dataset.planAdd = button.firstElementChild.textContent;
    button.addEventListener("click", () => toggle(button));
    link.replaceWith(button);
  }
}

function start() {
  status = document.createElement("div");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  document.body.append(status);
  const page = document.querySelector("[data-plan-page]");
  if (page) openPage(page);
  else sessionStorage.removeItem(MINE);
  upgrade();
  show();
  new MutationObserver(() => {
    if (document.querySelector("a[data-plan-slug]")) {
      upgrade();
      show();
    }
  }).observe(document.body, { childList: true, subtree: true });
  addEventListener("storage", (event) => {
    if (event.key !== KEY) return;
    Object.assign(state, load());
    show();
  });
}

function openPage(page) {
  const query = canonical(page.dataset.planQuery);
  const name = page.dataset.planName;
  const foreign = page.querySelector("[data-plan-foreign]");
  if (sessionStorage.getItem(MINE) !== null && query) {
    // The reader came here by changing the plan that is kept: keep the change, under its new name if it has one.
    if (name !== state.active) delete state.plans[state.active];
    keep(query, name);
  }
  sessionStorage.removeItem(MINE);
  const mine = () => query === canonical(current());
  foreign.hidden = mine() || !slugs(query).length;
  foreign.querySelector("[data-plan-keep]").addEventListener("click", (event) => {
    keep(query, name);
    announce(event.target.dataset.planDone);
    foreign.hidden = true;
    page.querySelector("h1").tabIndex = -1;
    page.querySelector("h1").focus();
    shelf(page, query);
  });
  // Whoever changes the kept plan by a link or a form of this page means that plan.
  const changes = (address) => new URL(address, location.href).pathname === location.pathname;
  page.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || !changes(link.href) || link.hasAttribute("data-plan-open") || link.getAttribute("href")[0] === "#") return;
    if (link.hasAttribute("data-plan-new")) {
      if (mine() && !state.active) delete state.plans[""];
      state.active = "";
      save();
    } else if (mine() || !current()) sessionStorage.setItem(MINE, "1");
  });
  page.addEventListener("submit", (event) => {
    if (changes(event.target.action) && (mine() || !current())) sessionStorage.setItem(MINE, "1");
  });
  const print = page.querySelector("[data-plan-print]");
  if (print) {
    print.hidden = false;
    print.querySelector("button").addEventListener("click", () => window.print());
  }
  shelf(page, query);
}

/** List the plans that are kept, but for the one that is shown. */
function shelf(page, shown) {
  const section = page.querySelector("[data-plan-shelf]");
  const list = section.querySelector("[data-plan-list]");
  const unnamed = section.querySelector("[data-plan-unnamed]").textContent;
  const counted = section.querySelector("[data-plan-counted]").textContent;
  list.replaceChildren();
  for (const name of Object.keys(state.plans).sort()) {
    const query = canonical(state.plans[name]);
    if (query === shown) continue;
    const row = section.querySelector("[data-plan-row]").content.cloneNode(true);
    const link = row.querySelector("[data-plan-open]");
    const title = name || unnamed;
    link.textContent = counted.replace("{name}", title).replace("{count}", slugs(query).length);
    link.href = `${location.pathname}?${query}`;
    link.addEventListener("click", () => { state.active = name; save(); });
    const forget = row.querySelector("[data-plan-forget]");
    forget.textContent = forget.dataset.planText.replace("{name}", title);
    forget.addEventListener("click", () => {
      delete state.plans[name];
      if (state.active === name) state.active = "";
      save();
      announce(forget.dataset.planDone.replace("{name}", title));
      shelf(page, shown);
      page.querySelector("h1").tabIndex = -1;
      page.querySelector("h1").focus();
    });
    list.append(row);
  }
  section.hidden = !list.children.length;
}
