// The editor: CodeMirror 6 over the form's textarea.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

import { completionSource } from "./completion.js";

// Colours come from the page's style sheet, which knows dark from light; custom properties reach into the shadow tree.
const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--code-keyword)", fontWeight: "600" },
  { tag: [tags.standard(tags.variableName), tags.operatorKeyword], color: "var(--code-function)" },
  { tag: [tags.special(tags.variableName), tags.local(tags.variableName)], color: "var(--code-variable)" },
  { tag: [tags.atom, tags.meta, tags.definition(tags.variableName)], color: "var(--code-name)" },
  { tag: [tags.string, tags.number], color: "var(--code-literal)" },
  { tag: tags.comment, color: "var(--ink-soft)", fontStyle: "italic" },
]);

const theme = EditorView.theme({
  "&": { backgroundColor: "var(--surface)", color: "var(--ink)", fontSize: "0.875rem", borderRadius: "6px" },
  "&.cm-focused": { outline: "3px solid var(--accent)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", maxHeight: "65vh", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)", paddingBlock: "0.5rem", minHeight: "16rem" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--ink-soft)", border: "0" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--mark)", color: "var(--mark-ink)" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--ink-soft)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "inherit", maxWidth: "min(38rem, 92vw)", maxHeight: "14em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.25rem 0.5rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--accent-ink)",
  },
  ".cm-tooltip.cm-completionInfo": { maxWidth: "min(22rem, 80vw)", padding: "0.5rem" },
  // Beside the list there is no room on a small screen, and over it the list could not be read.
  "@media (max-width: 48rem)": { ".cm-tooltip.cm-completionInfo": { display: "none" } },
  ".cm-completionDetail": { fontStyle: "normal", opacity: "0.8" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--code-error)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--code-error)",
    textUnderlineOffset: "0.2em",
  },
});

/**
 * Put an editor in the place of a textarea, which stays in the form, hidden, and always has the editor's text.
 *
 * The editor lives in a shadow tree: there its style sheet is adopted by the script, where in the document CodeMirror
 * would write a style element, which the content security policy of the site forbids.
 *
 * @param textarea the textarea
 * @param label what screen readers call the editor
 * @param description what screen readers say of the editor's keys
 * @param phrases what the editor says by itself, in the reader's language
 * @param completionsAddress where the names are that can be completed
 * @param run called for Ctrl+Enter
 */
export function createEditor({ textarea, label, description, phrases, completionsAddress, run }) {
  const host = document.createElement("div");
  host.className = "editor";
  const root = host.attachShadow({ mode: "open" });
  textarea.before(host);
  textarea.hidden = true;
  return new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: textarea.value,
      extensions: [
        Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (run(), true) }])),
        // Tab is left to the browser: it moves on, so that the keyboard is never trapped.
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
        lineNumbers(),
        lintGutter(),
        history(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        StreamLanguage.define(sparql),
        autocompletion({ override: [completionSource(completionsAddress)], icons: false, maxRenderedOptions: 60 }),
        syntaxHighlighting(colours),
        theme,
        EditorView.darkTheme.of(matchMedia("(prefers-color-scheme: dark)").matches),
        EditorView.lineWrapping,
        EditorState.phrases.of(phrases),
        EditorView.contentAttributes.of({ "aria-label": label, "aria-description": description }),
        EditorView.domEventHandlers({ beforeinput: replaceSelection }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) textarea.value = update.state.doc.toString();
        }),
      ],
    }),
  });
}

/**
 * Put typed text in the place of the selection.
 *
 * Left to Chromium, the new text would keep the look of the old by a style attribute, which the content security policy
 * forbids; nothing would break, but each time a violation would be reported.
 */
function replaceSelection(event, view) {
  const { from, to, empty } = view.state.selection.main;
  if (empty || event.inputType !== "insertText" || event.data === null || view.composing) return false;
  const insert = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type" });
  const handlers = view.state.facet(EditorView.inputHandler);
  if (!handlers.some((handler) => handler(view, from, to, event.data, insert))) view.dispatch(insert());
  return true;
}

/**
 * Mark where the server found a mistake and put the cursor there; take the mark away where there is none.
 *
 * @param error line and column from 1, the column in characters, and the message; or null
 */
export function markError(view, error) {
  const number = Number(error?.line);
  const { doc } = view.state;
  if (error) view.contentDOM.setAttribute("aria-invalid", "true");
  else view.contentDOM.removeAttribute("aria-invalid");
  if (!number || number > doc.lines) {
    view.dispatch(setDiagnostics(view.state, []));
    return;
  }
  const { from: start, to: end, text } = doc.line(number);
  // The server counts characters, the editor UTF-16 units.
  const before = [...text].slice(0, Number(error.column) - 1).join("").length;
  const length = /^[\p{L}\p{N}_:?$-]+/u.exec(text.slice(before))?.[0].length ?? 1;
  const from = Math.min(start + before, end);
  const to = Math.min(from + length, end);
  // At the end of a line there is nothing to underline but what stands before.
  const marked = from === to ? { from: Math.max(start, from - 1), to } : { from, to };
  view.dispatch(setDiagnostics(view.state, [{ ...marked, severity: "error", message: error.message }]));
  view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
}
