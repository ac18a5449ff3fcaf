// The buttons of a scenario's page: printing, and copying its link or citation. Without this script they stay hidden.

const status = document.querySelector(".copy-status");

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Browsers offer the clipboard to pages over HTTPS and from the same machine only.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy], [data-copy-from]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
}

async function copy(button) {
  const from = button.dataset.copyFrom && document.getElementById(button.dataset.copyFrom);
  const text = from ? from.textContent.trim() : button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return; // the browser was told not to; the text can still be selected
  }
  status.textContent = "";
  // A status that is set to the same words again is announced only if it was something else in between.
  requestAnimationFrame(() => {
    status.textContent = button.dataset.copied;
  });
}

// The code for the print is fetched when it is needed; not every browser fetches it by itself then.
window.addEventListener("beforeprint", () => {
  for (const image of document.querySelectorAll(".print-code")) image.loading = "eager";
});
