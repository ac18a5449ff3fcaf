// Search over titles and concepts without a server: see webapp/static_export/client_index.py for the files.
const MOST = 50;
const form = document.querySelector("form.search");
const list = document.getElementById("hits");
const status = document.getElementById("found");
const loaded = new Map();

function load(name) {
  if (!loaded.has(name)) {
    loaded.set(name, fetch(name).then((answer) => {
      if (!answer.ok) throw new Error(name);
      return answer.json();
    }));
  }
  return loaded.get(name);
}

function wordsOf(text) {
  return text.toLowerCase().normalize("NFKD").replace(/\p{Mn}/gu, "").match(/[\p{L}\p{N}]+/gu) ?? [];
}

function shardOf(word, shards) {
  let total = 0;
  for (const character of [...word].slice(0, 2)) total = (total * 31 + character.codePointAt(0)) % shards;
  return total;
}

async function scoresOf(word, about) {
  const words = await load(`words-${shardOf(word, about.shards)}.json`);
  const scores = new Map();
  for (const [known, places] of Object.entries(words)) {
    const close = known === word ? 2 : [...word].length > 1 && known.startsWith(word) ? 1 : 0;
    for (let i = 0; close && i < places.length; i += 2) {
      scores.set(places[i], Math.max(scores.get(places[i]) ?? 0, close * places[i + 1]));
    }
  }
  return scores;
}

async function find(query, about) {
  const words = [...new Set(wordsOf(query))];
  if (!words.length) return [];
  const [first, ...others] = await Promise.all(words.map((word) => scoresOf(word, about)));
  const hits = [];
  for (const [number, score] of first) {
    if (others.every((scores) => scores.has(number))) {
      hits.push([number, others.reduce((sum, scores) => sum + scores.get(number), score)]);
    }
  }
  return hits.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}

function card(entry) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = entry.path;
  link.textContent = entry.title;
  link.lang = entry.language;
  const facts = document.createElement("span");
  facts.className = "count";
  facts.textContent = ` ${entry.facts}`;
  item.append(link, facts);
  return item;
}

async function show(query) {
  const about = await load("index.json");
  const hits = await find(query, about);
  const entries = await Promise.all(hits.slice(0, MOST).map(async ([number]) => {
    const page = await load(`entries-${Math.floor(number / about.page)}.json`);
    return page[number % about.page];
  }));
  list.replaceChildren(...entries.map(card));
  const more = hits.length > MOST ? `, the first ${MOST} shown` : "";
  status.textContent = query ? `${hits.length} found${more}` : "";
}

function run(query) {
  show(query).catch(() => {
    status.textContent = "The index cannot be read; the lists below have everything.";
  });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const query = form.elements.q.value;
  history.replaceState(null, "", query ? `?q=${encodeURIComponent(query)}` : location.pathname);
  run(query);
});
form.elements.q.value = new URLSearchParams(location.search).get("q") ?? "";
run(form.elements.q.value);
