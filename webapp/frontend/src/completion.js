// What is offered while a query is typed: variables, keywords, prefixes, classes and properties, concepts by label.
import { syntaxTree } from "@codemirror/language";

const KEYWORDS = [
  "SELECT DISTINCT REDUCED CONSTRUCT DESCRIBE ASK WHERE FROM NAMED PREFIX BASE OPTIONAL UNION MINUS GRAPH FILTER BIND",
  "VALUES EXISTS NOT IN AS ORDER BY ASC DESC GROUP HAVING LIMIT OFFSET UNDEF COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT",
  "SEPARATOR STR LANG LANGMATCHES DATATYPE BOUND IRI BNODE ABS CEIL FLOOR ROUND CONCAT STRLEN SUBSTR UCASE LCASE",
  "ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER REPLACE REGEX YEAR MONTH DAY HOURS MINUTES SECONDS NOW",
  "COALESCE IF STRLANG STRDT SAMETERM ISIRI ISBLANK ISLITERAL ISNUMERIC",
].flatMap((line) => line.split(" "));
const KEYWORD_OPTIONS = KEYWORDS.map((label) => ({ label, type: "keyword", boost: -20 }));
const TYPE = "(?<![\\p{L}\\p{N}_?$:-])(?:a|rdf:type)\\s+"; // what a class stands after
const NONE = { declarations: [], prefixed: [], words: [], concepts: [] };

/** Return a source of completions; the names of the graph are fetched from `address` when they are first needed. */
export function completionSource(address) {
  let loading;
  const names = () => {
    loading ??= fetch(address, { headers: { Accept: "application/json" } })
      .then((response) => (response.ok ? response.json() : Promise.reject(new Error(response.statusText))))
      .then(prepared)
      .catch(() => {
        loading = undefined; // it is tried again with the next word
        return NONE;
      });
    return loading;
  };
  return (context) => offered(context, names);
}

async function offered(context, names) {
  if (isText(context)) return null;
  const variable = context.matchBefore(/[?$][\p{L}\p{N}_]*/u);
  if (variable) {
    return { from: variable.from, options: variables(context, variable), validFor: /^[?$][\p{L}\p{N}_]*$/u };
  }
  const declaration = context.matchBefore(/\bPREFIX\s+[\w-]*/i);
  if (declaration) {
    const from = declaration.from + /^\w+\s+/.exec(declaration.text)[0].length;
    return { from, options: (await names()).declarations, validFor: /^[\w-]*$/ };
  }
  const label = context.matchBefore(/<\p{L}[\p{L}\p{N}_-]*/u);
  if (label) {
    return { from: label.from + 1, options: (await names()).concepts, validFor: /^[\p{L}\p{N}_' -]*$/u };
  }
  const prefixed = context.matchBefore(/\p{L}[\w-]*:[\w-]*/u);
  if (prefixed) {
    const isType = context.matchBefore(new RegExp(`${TYPE}\\p{L}[\\w-]*:[\\w-]*`, "u"));
    const options = (await names()).prefixed.filter(({ type }) => !isType || type === "class");
    return { from: prefixed.from, options, validFor: /^[\w-]+:[\w-]*$/ };
  }
  const type = context.matchBefore(new RegExp(`${TYPE}\\p{L}[\\p{L}\\p{N}_' -]*`, "u"));
  if (type) {
    // No bare word is a class, so labels of several words can be typed in full.
    const from = type.from + new RegExp(TYPE, "u").exec(type.text)[0].length;
    const options = (await names()).words.filter(({ type }) => type === "class" || type === "namespace");
    return { from, options, validFor: /^[\p{L}\p{N}_' -]*$/u };
  }
  const word = context.matchBefore(/\p{L}[\p{L}\p{N}_-]*/u);
  const isWhole = word && KEYWORDS.includes(word.text.toUpperCase());
  if (!context.explicit && (!word || word.text.length < 2 || isWhole)) return null;
  const { words, concepts } = await names();
  return {
    from: word ? word.from : context.pos,
    options: [...KEYWORD_OPTIONS, ...words, ...concepts],
    validFor: /^[\p{L}\p{N}_-]*$/u,
  };
}

/** Whether the cursor is in a comment or a string, where nothing is to be completed. */
function isText(context) {
  const { name } = syntaxTree(context.state).resolveInner(context.pos, -1);
  return name === "comment" || name === "string";
}

function variables(context, current) {
  const text = `${context.state.sliceDoc(0, current.from)} ${context.state.sliceDoc(context.pos)}`;
  const found = new Set([...text.matchAll(/[?$]([\p{L}\p{N}_]+)/gu)].map((match) => current.text[0] + match[1]));
  return [...found].sort().map((label) => ({ label, type: "variable" }));
}

function prepared({ prefixes, classes, properties, concepts }) {
  const terms = [
    ...classes.map((term) => ({ ...term, type: "class" })),
    ...properties.map((term) => ({ ...term, type: "property" })),
  ];
  const spaces = Object.entries(prefixes).map(([prefix, iri]) => ({ label: `${prefix}:`, detail: iri, type: "namespace" }));
  return {
    declarations: spaces.map((space) => ({ ...space, apply: `${space.label} <${space.detail}>` })),
    prefixed: terms.map(({ name, label, meaning, type }) => ({ label: name, detail: label, info: meaning, type })),
    words: [
      ...spaces.map((space) => ({ ...space, boost: -10 })),
      // Found by the label in the reader's language and by the name alike.
      ...terms.map(({ name, label, meaning, type }) => ({
        label: `${label} · ${name}`,
        apply: name,
        info: meaning,
        type,
        boost: 10,
      })),
    ],
    concepts: concepts.map(({ iri, label, kind, notation }) => ({
      label: notation ? `${label} · ${notation}` : label,
      detail: kind,
      info: iri,
      apply: (view, _, from, to) => insertIri(view, iri, from, to),
      type: "constant",
    })),
  };
}

/** Put the IRI in angle brackets in the place of what was typed, an opening and a closing bracket included. */
function insertIri(view, iri, from, to) {
  const { doc } = view.state;
  const start = doc.sliceString(from - 1, from) === "<" ? from - 1 : from;
  const end = doc.sliceString(to, to + 1) === ">" ? to + 1 : to;
  const insert = `<${iri}>`;
  view.dispatch({
    changes: { from: start, to: end, insert },
    selection: { anchor: start + insert.length },
    userEvent: "input.complete",
  });
}
