// Replaces a part of the page by the same part of another page, keeping focus, scroll position, history and status.

/**
 * Let links marked data-swap and the forms given lead on without loading the whole page.
 *
 * @param {object} parts
 * @param {string} parts.region id of the element that is replaced
 * @param {string} [parts.status] id of the element with role=status whose text is replaced
 * @param {HTMLFormElement} [parts.form] a GET form that is sent when something in it changes, and replaced too
 * @param {(event: {link: ?HTMLElement, page: Document}) => void} [parts.swapped] called after each replacement
 */
export function swapping({ region, status, form, swapped = () => {} }) {
  const byId = (id) => document.getElementById(id);
  let latest = 0;

  async function show(address, { link = null, push = true } = {}) {
    const turn = ++latest;
    const old = byId(region);
    old.setAttribute("aria-busy", "true");
    let page;
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      if (turn === latest) location.assign(address); // the server's own page says what is wrong
      return;
    }
    if (turn !== latest) return; // something else was asked for meanwhile
    if (push) history.pushState({}, "", address);
    replace(page, link);
    swapped({ link, page });
  }

  function replace(page, link) {
    const old = byId(region);
    const next = page.getElementById(region);
    const focus = link?.dataset.key ?? (old.contains(document.activeElement) ? document.activeElement.dataset.key : null);
    const scrolled = [...old.querySelectorAll("[role=region]")].map((box) => [box.scrollLeft, box.scrollTop]);
    old.replaceWith(next);
    [...next.querySelectorAll("[role=region]")].forEach((box, number) => {
      if (scrolled[number]) [box.scrollLeft, box.scrollTop] = scrolled[number];
    });
    if (focus) next.querySelector(`[data-key="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
    document.title = page.title;
    if (status) byId(status).textContent = page.getElementById(status).textContent;
    if (form) refreshForm(page);
  }

  function refreshForm(page) {
    const next = page.querySelector(`form[action="${form.getAttribute("action")}"].${form.classList[0]}`);
    const name = form.contains(document.activeElement) ? document.activeElement.name : null;
    form.replaceChildren(...next.childNodes);
    if (name) form.elements.namedItem(name)?.focus?.();
  }

  const addressOf = () => {
    const pairs = [...new FormData(form)].filter(([, value]) => value !== "");
    return `${form.action}?${new URLSearchParams(pairs)}`;
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-swap]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    show(link.href, { link });
  });
  form?.addEventListener("change", () => show(addressOf()));
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    show(addressOf());
  });
  addEventListener("popstate", () => show(location.href, { push: false }));
  return show;
}
