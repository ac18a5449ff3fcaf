// Makes the page of results change in place: links and forms in #searching are answered by swapping it (htmx), with the
// address in the bar, the focus where it was, and the count of results read out. Without this script they load pages.
import htmx from "htmx.org";

const REGION = "#searching";
let focused = null;

htmx.registerExtension("ihub-results", {
  // Whether a list is folded is the reader's business, once it is on the page.
  htmx_before_morph_attr: (element, { attrName }) => !(attrName === "open" && element instanceof HTMLDetailsElement),
});

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  // Fields that were left empty say nothing: without them the address is the shorter one that can be kept and sent.
  const { body } = ctx.request;
  if (!(body instanceof FormData)) return;
  for (const name of new Set([...body.keys()])) {
    const said = body.getAll(name).filter((value) => value !== "");
    body.delete(name);
    for (const value of said) body.append(name, value);
  }
});

document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (ctx.response.status < 400 && ctx.response.headers.get("Content-Type")?.startsWith("text/html")) return;
  event.preventDefault();
  location.assign(ctx.request.action); // what is no page of results is shown as what it is
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx?.request?.action) location.assign(ctx.request.action); // the browser says why there is no answer
});

document.addEventListener("htmx:before:swap", () => {
  focused = document.activeElement?.id || null;
});

document.addEventListener("htmx:after:swap", () => {
  const region = document.querySelector(REGION);
  if (!region) return;
  const box = region.querySelector("#q");
  if (box && box !== document.activeElement) box.value = new URLSearchParams(location.search).get("q") ?? "";
  region.querySelector(".limits")?.reset();
  if (document.activeElement && document.activeElement !== document.body) return;
  // What had the focus may be gone, as a filter that was removed: then the count has it, which stands before the results.
  const target = (focused && document.getElementById(focused)) || document.getElementById("total");
  target?.focus({ preventScroll: true });
});
