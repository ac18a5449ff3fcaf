// What stands beside a draft is asked for after each save, apart from it; a newer save drops the older question.
const PATIENCE = 2; // seconds before asking again where the server does not say

export function keepBeside(form, element, replace) {
  let asked = null;

  async function ask(signal) {
    try {
      const answer = await fetch(element.dataset.address, { signal });
      if (answer.status === 503) {
        const seconds = Number(answer.headers.get("Retry-After")) || PATIENCE;
        // Not all at the same moment again.
        setTimeout(() => signal.aborted || ask(signal), seconds * 1000 * (1 + Math.random()));
      } else if (answer.ok && !answer.redirected) {
        replace(await answer.text());
      }
    } catch {
      // No network, or a newer question: what stands there stays.
    }
  }

  form.addEventListener("saved", () => {
    asked?.abort();
    asked = new AbortController();
    ask(asked.signal);
  });
}
