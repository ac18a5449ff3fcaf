// The drawing of the graph page (Cytoscape draws on a canvas). The lists below it hold the same, and work without it.
import cytoscape from "cytoscape";

import { swapping } from "../../static/swapping.js";

const SHAPES = {
  scenario: "diamond",
  competence: "rectangle",
  curriculum: "triangle",
  tool: "polygon",
  people: "hexagon",
  practice: "pentagon",
  evidence: "star",
  project: "polygon",
  other: "ellipse",
};
const POINTS = { tool: "-1 -1 1 -1 0 1", project: "-1 -0.5 1 -0.5 1 0.5 -1 0.5" };

const NARROW = 500; // pixels

const box = document.querySelector(".drawing");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const coarse = matchMedia("(pointer: coarse)").matches;
let drawing;

if (box) start();

function start() {
  box.hidden = false;
  drawing = cytoscape({
    container: box.querySelector(".drawing-canvas"),
    style: look(),
    minZoom: 0.2,
    maxZoom: 3,
    userZoomingEnabled: false, // the wheel scrolls the page; the buttons zoom
    userPanningEnabled: !coarse, // a finger scrolls the page
    autoungrabify: coarse,
    boxSelectionEnabled: false,
    selectionType: "single",
  });
  take();
  drawing.on("tap", "node", (event) => choose(event.target));
  drawing.on("dbltap", "node", (event) => expand(event.target.id()));
  box.addEventListener("click", (event) => {
    const action = event.target.closest("[data-do]")?.dataset.do;
    if (action) ACTIONS[action]();
  });
  document.addEventListener("focusin", mark);
  document.addEventListener("pointerover", mark);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawing.style(look()));
  swapping({ region: "graph-view", status: "graph-status", swapped });
}

const ACTIONS = {
  in: () => zoom(1.3),
  out: () => zoom(1 / 1.3),
  fit: () => drawing.fit(undefined, 24),
  expand: () => expand(drawing.$("node:selected").id()),
};

function zoom(factor) {
  const middle = { x: drawing.width() / 2, y: drawing.height() / 2 };
  drawing.zoom({ level: drawing.zoom() * factor, renderedPosition: middle });
  drawing.userPanningEnabled(true); // what is larger than its box must be movable, also by a finger
}

/** Show what is chosen in words, with the way to its page and to its neighbours. */
function choose(node) {
  drawing.$(":selected").unselect();
  node.select();
  const chosen = box.querySelector("[data-chosen]");
  box.querySelector("[data-hint]").hidden = true;
  chosen.hidden = false;
  chosen.querySelector("strong").textContent = node.data("label");
  chosen.querySelector(".tag").textContent = node.data("kind") + (node.data("number") ? `, ${box.dataset.expanded}` : "");
  chosen.querySelector("[data-open]").href = node.data("address");
  chosen.querySelector("[data-do]").hidden = Boolean(node.data("number"));
}

function expand(id) {
  document.querySelector(`[data-expand="${CSS.escape(id)}"]`)?.click();
}

/** Mark in the drawing what has the focus or the pointer in the lists. */
function mark(event) {
  const id = event.target.closest?.("[data-node], [data-expand]")?.dataset;
  if (!id) return;
  drawing.$(".pointed").removeClass("pointed");
  drawing.getElementById(id.node ?? id.expand).addClass("pointed");
}

function swapped({ link }) {
  const known = link?.dataset.expand;
  take(known);
  const headings = document.querySelectorAll("#graph-view h2");
  const heading = known ? headings[headings.length - 1] : headings[0];
  heading.focus();
  if (known) choose(drawing.getElementById(known));
}

/** Bring the drawing in step with the data of the page; what is new starts around what it was asked for. */
function take(from) {
  const { nodes, edges } = JSON.parse(document.getElementById("graph-data").textContent);
  const wanted = new Set(nodes.map((node) => node.key));
  drawing.nodes().filter((node) => !wanted.has(node.id())).remove();
  const origin = from ? { ...drawing.getElementById(from).position() } : { x: 0, y: 0 };
  const fresh = nodes.filter((node) => drawing.getElementById(node.key).empty());
  const wide = Math.max(1, drawing.width() / drawing.height());
  fresh.forEach((node, number) => {
    const turn = (2 * Math.PI * number) / fresh.length;
    const reach = node.number === 1 ? 0 : 220;
    const position = { x: origin.x + wide * reach * Math.cos(turn), y: origin.y + reach * Math.sin(turn) };
    drawing.add({ data: { id: node.key }, position });
  });
  for (const node of nodes) drawing.getElementById(node.key).data({ ...node, short: short(node.label), size: node.number ? 40 : 26 });
  const lines = edges.map((edge) => ({ data: { id: `${edge.source} ${edge.target}`, ...edge } }));
  const kept = new Set(lines.map((line) => line.data.id));
  drawing.edges().filter((edge) => !kept.has(edge.id())).remove();
  drawing.add(lines.filter((line) => drawing.getElementById(line.data.id).empty()));
  drawing.layout({
    name: "cose",
    animate: calm.matches ? false : "end",
    animationDuration: 300,
    randomize: false,
    padding: 24,
    nodeDimensionsIncludeLabels: true,
    idealEdgeLength: () => 60,
    nodeRepulsion: () => 4000,
    gravity: 0.6,
  }).run();
}

/** Return a name as the drawing has room for it; the lists have it whole. */
function short(text) {
  const longest = drawing.width() < NARROW ? 20 : 34;
  return text.length > longest ? `${text.slice(0, longest - 1).trimEnd()}…` : text;
}

/** The styles of the drawing, of the tokens of the page. */
function look() {
  const page = getComputedStyle(document.documentElement);
  const token = (name) => page.getPropertyValue(name).trim();
  return [
    {
      selector: "node",
      style: {
        "background-color": token("--accent"),
        "border-color": token("--ink"),
        "border-width": 1,
        width: "data(size)",
        height: "data(size)",
        label: "data(short)",
        color: token("--ink"),
        "font-family": getComputedStyle(document.body).fontFamily,
        "font-size": box.clientWidth < NARROW ? 19 : 15,
        "min-zoomed-font-size": 8, // names too small to be read are left out; they come with "Larger"
        "text-wrap": "wrap",
        "text-max-width": 130,
        "text-valign": "bottom",
        "text-margin-y": 3,
        "text-background-color": token("--surface"),
        "text-background-opacity": 0.85,
        "text-background-padding": 2,
      },
    },
    ...Object.entries(SHAPES).map(([family, shape]) => ({
      selector: `node[family = "${family}"]`,
      style: POINTS[family] ? { shape, "shape-polygon-points": POINTS[family] } : { shape },
    })),
    { selector: "node[number > 0]", style: { "font-weight": 700, "font-size": box.clientWidth < NARROW ? 22 : 18, "border-width": 3, "z-index": 1 } },
    { selector: "node:selected, node.pointed", style: { "border-width": 5, "border-style": "double" } },
    {
      selector: "edge",
      style: {
        width: 1.5,
        "line-color": token("--ink-soft"),
        "target-arrow-color": token("--ink-soft"),
        "target-arrow-shape": "triangle",
        "arrow-scale": 0.8,
        "curve-style": "bezier",
      },
    },
  ];
}
