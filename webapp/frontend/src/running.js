// Runs the form's query and shows the answer in the page: the server's own page is fetched and its outcome taken over.

/**
 * Answer the form's submissions without leaving the page.
 *
 * @param form the form
 * @param outcome the element that holds the answer, whose namesake is looked for in fetched pages
 * @param status the live region that says what happens; its data attributes hold the words
 * @param stop the button that ends a running query; the server ends it too when the connection closes
 * @param shown called when `outcome` has new content
 */
export function createRunner({ form, outcome, status, stop, shown }) {
  let running = null;
  let address = location.pathname + location.search;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    running?.abort();
    const controller = (running = new AbortController());
    status.textContent = status.dataset.running;
    stop.hidden = false;
    outcome.setAttribute("aria-busy", "true");
    try {
      const { page, link } = await answer(form, controller.signal);
      outcome.replaceChildren(...page.getElementById("outcome").childNodes);
      status.textContent = outcome.querySelector(".measure")?.textContent ?? "";
      if (link) history.pushState(null, "", (address = link));
      shown();
    } catch (error) {
      if (controller !== running) return; // a newer run has taken over
      status.textContent = error.name === "AbortError" ? status.dataset.stopped : status.dataset.unreachable;
    } finally {
      if (controller === running) {
        running = null;
        stop.hidden = true;
        outcome.removeAttribute("aria-busy");
      }
    }
  });
  stop.addEventListener("click", () => running?.abort());
  addEventListener("popstate", () => {
    // Moving to a part of the page comes here too; only another query is another page.
    if (location.pathname + location.search !== address) location.reload();
  });
}

/** Return the page with the answer, and its address where the query fits into one. */
async function answer(form, signal) {
  const parameters = new URLSearchParams(new FormData(form));
  const endpoint = form.getAttribute("action");
  const address = `${endpoint}?${parameters}`;
  const headers = { Accept: "text/html" };
  const fits = address.length <= Number(form.dataset.longestAddress);
  const response = fits
    ? await fetch(address, { headers, signal })
    : await fetch(endpoint, { method: "POST", body: parameters, headers, signal });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!page.getElementById("outcome")) throw new Error(response.statusText);
  return { page, link: fits ? address : null };
}
