// One question and its answer, as elements.

import { composing, flowing, h, icon, iconButton } from "./dom.js";
import { exactWords, slice } from "./exporting.js";
import { told } from "./faults.js";
import { markersOf, unitsOf } from "./markers.js";

export function questionBlock(message, t, { onedit }) {
  const block = h("div.question", { "aria-label": t.you },
    h("div.bubble.foreign", null, message.question),
    iconButton("edit", t.edit, () => edit(block, message, t, onedit), { class: "edit" }));
  return block;
}

function edit(block, message, t, onedit) {
  const area = h("textarea", { "aria-label": t.edit, rows: Math.min(8, message.question.split("\n").length + 1) });
  area.value = message.question;
  const submit = () => area.value.trim() && onedit(area.value.trim());
  const restore = () => { form.replaceWith(block); block.querySelector(".edit").focus(); };
  const form = h("form.question.editing", { onsubmit: (event) => { event.preventDefault(); submit(); } }, area,
    h("div.dialog-actions", null,
      h("button.quiet", { type: "button", onclick: restore }, t.cancel),
      h("button.primary", { type: "submit" }, t.saveAsk)));
  area.addEventListener("keydown", (event) => {
    if (composing(event)) return;
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); submit(); }
    if (event.key === "Escape") { event.stopPropagation(); restore(); }
  });
  block.replaceWith(form);
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}

// handlers: oncite(number), onpassage(passage), oncopy, onlink, onvote(vote), onretry
export function answerBlock(message, t, handlers) {
  const { answer, state } = message;
  const block = h("article.answer", { "aria-label": t.answer, dataset: { state, refused: Boolean(answer?.refused) } });
  if (!answer) {
    if (message.partial) block.append(h("div.text.foreign.streaming", { lang: tongue(message.partial) }, plainBlocks(message.partial)));
    if (state === "pending") block.append(stageLine(message, t));
    else {
      const line = { stopped: t.stopped, interrupted: t.interrupted }[state] ?? told(message.error ?? t.failed, t);
      block.append(h("p.told", { class: state === "failed" ? "error" : "", role: state === "failed" ? "alert" : null },
        state === "failed" && icon("warn"), h("span", null, line), h("button.quiet.small", { type: "button", onclick: handlers.onretry }, t.askAgain)));
    }
    return block;
  }
  if (answer.refused) {
    block.append(h("div.refusal", null, h("p.refusal-head", null, icon("none"), t.refusal),
      h("div.text.foreign", { lang: tongue(answer.text) }, plainBlocks(answer.text))));
  } else block.append(h("div.text.foreign", { lang: tongue(answer.text) }, answerText(answer, t, handlers.oncite)));
  if (answer.note) block.append(h("p.note", null, answer.note));
  if (answer.query && answer.query !== answer.question) block.append(h("p.note", null, t.searchedAs(answer.query)));
  if (answer.citations.length) block.append(sourceCards(answer, t, handlers.oncite));
  if (answer.passages.length) block.append(nearest(answer, t, handlers.onpassage));
  block.append(actions(message, t, handlers));
  return block;
}

function stageLine(message, t) {
  const { stage, place, model } = message;
  const words = place !== undefined && !stage ? t.stageWaiting(place)
    : { opening: t.stageOpening, searching: message.partial ? t.stageWriting : model && Date.now() - message.started > 1500 ? t.stageModel(model) : t.stageSearching }[stage] ?? t.stageSending;
  const seconds = Math.floor((Date.now() - message.started) / 1000);
  return h("p.stage", { role: "status" }, h("span.pulse", { "aria-hidden": "true" }), h("span", null, `${words}…`),
    seconds >= 2 && h("span.seconds", { "aria-hidden": "true" }, t.took(seconds)));
}

// ---------------------------------------------------------------- text with citations

function plainBlocks(text) {
  return text.split(/\n/).map((line) => (line.trim() ? h("p", { class: /^\s*[-•*·]\s/.test(line) ? "item" : "" }, line) : null));
}

// Cut at lines, at statements that are not supported, at the markers of citations and at bold words.
function answerText(answer, t, oncite) {
  const { text } = answer;
  const units = unitsOf(text);
  const citations = new Map(answer.citations.map((c) => [c.number, c]));
  const spans = [...markersOf(answer).filter((m) => citations.has(m.number)), ...emphasis(answer)].sort((a, b) => a.start - b.start);
  const unsupported = (answer.statements ?? []).filter((s) => !s.supported)
    .map((s) => ({ start: units[s.start], end: units[s.end], problem: s.problem }));

  function inline(from, to) {
    const parts = [];
    let at = from;
    for (const { start, end, number } of spans) {
      if (start < at || end > to) continue;
      if (number) {
        // The last character stays on the marker's line: a marker alone at a line's head reads badly.
        const before = Array.from(text.slice(at, start));
        const last = before.pop() ?? "";
        parts.push(before.join(""), h("span.kept", null, last, citeLink(citations.get(number), t, oncite)));
      } else parts.push(text.slice(at, start), h("strong", null, inline(start + 2, end - 2)));
      at = end;
    }
    return [...parts, text.slice(at, to)];
  }

  function lineParts(from, to) {
    const parts = [];
    let at = from;
    for (const { start, end, problem } of unsupported) {
      const [low, high] = [Math.max(start, from), Math.min(end, to)];
      if (low >= high) continue;
      parts.push(inline(at, low), h("span.unsupported", { title: problem || t.unsupportedTitle }, inline(low, high), h("span.badge", { role: "note" }, icon("warn"), t.unsupported)));
      at = high;
    }
    return [...parts, inline(at, to)];
  }

  const blocks = [];
  let at = 0;
  for (const line of text.split("\n")) {
    if (line.trim()) blocks.push(h("p", { class: /^\s*[-•*·]\s/.test(line) ? "item" : "" }, lineParts(at, at + line.length)));
    at += line.length + 1;
  }
  return blocks;
}

// Language models like **bold**; it is all of their Markdown that is taken for more than text. What
// is quoted is verbatim, and in a formula ** is a power: operands touch it on both sides. Chinese
// has no space around bold words: a figure or a bracket may follow them at once.
const OPERAND = String.raw`\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{Nd}`;
const BOLD = new RegExp(String.raw`(?!(?<=[${OPERAND})])\*\*[${OPERAND}(])\*\*(?!\s)[^*\n]+(?<![\s(])(?!(?<=[${OPERAND})])\*\*[${OPERAND}])\*\*`, "gu");
const emphasis = ({ text, answerer }) => (answerer === "extractive" ? [] : [...text.matchAll(BOLD)].map((m) => ({ start: m.index, end: m.index + m[0].length })));

function citeLink(citation, t, oncite) {
  return h("a.cite", {
    href: `#cite-${citation.number}`, "aria-label": t.cite(citation.number, citation.title || citation.source),
    title: citation.title || citation.source, dataset: { number: citation.number },
    onclick: (event) => { event.preventDefault(); oncite(citation.number, event.currentTarget); },
  }, `[${citation.number}]`);
}

// ---------------------------------------------------------------- below the text

export function meta(record, t) {
  return [record.publisher, record.published, record.page && t.page(record.page)].filter(Boolean).join(" · ");
}

function sourceCards(answer, t, oncite) {
  const publishers = new Map(answer.passages.map((p) => [p.document_id, p.metadata?.publisher]));
  return h("ol.sources", { "aria-label": t.sources }, answer.citations.map((citation) => {
    const about = meta({ ...citation, publisher: publishers.get(citation.document_id) }, t);
    return h("li", null, h("button.source-card", { type: "button", dataset: { number: citation.number }, "aria-label": t.cite(citation.number, citation.title || citation.source), onclick: (event) => oncite(citation.number, event.currentTarget) },
      h("span.number", { "aria-hidden": "true" }, String(citation.number)),
      h("span.source-body", null,
        h("span.source-title.foreign", null, citation.title || citation.source, about && h("span.source-meta", null, about)),
        h("span.source-quote.foreign", null, quoteParts(citation)))));
  }));
}

// A card shows two lines of a quote: where more than one stands before the marked words, it begins
// nearer to them, with a clause or else a word. Lengths in halves of a Chinese character.
const LINE = 36;
const LEAD = 30;
const CLAUSE = /[，。；：！？、]|[,;:.!?](?=\s)/g;
const words = Intl.Segmenter && new Intl.Segmenter(undefined, { granularity: "word" });
const width = (text) => Array.from(text).reduce((sum, c) => sum + (c > "\u2e7f" ? 2 : 1), 0);

function ending(before) {
  if (width(before) <= LINE) return before;
  const near = (at) => width(before.slice(at)) <= LEAD;
  const clauses = [...before.matchAll(CLAUSE)].map((match) => match.index + 1).filter((at) => before.slice(at).trim());
  const begins = words ? [...words.segment(before)].filter((part) => part.isWordLike).map((part) => part.index)
    : [...before.matchAll(/(?<=\s)\S|[\u2e80-\u9fff]/g)].map((match) => match.index);
  const at = clauses.find(near) ?? begins.find(near);
  return `…${at === undefined ? slice(before, -LEAD / 2) : before.slice(at).trimStart()}`;
}

function quoteParts(citation) {
  if (!citation.highlight) return flowing(citation.quote);
  const [low, high] = citation.highlight.map((offset) => offset - citation.start);
  return [ending(flowing(slice(citation.quote, 0, low))), h("b", null, flowing(exactWords(citation))), flowing(slice(citation.quote, high))];
}

function nearest(answer, t, onpassage) {
  const list = h("ol.passages", null, answer.passages.map((passage) =>
    h("li", null, h("button.passage", { type: "button", onclick: (event) => onpassage(passage, event.currentTarget) },
      h("span.source-title.foreign", null, passage.title || passage.source, h("span.source-meta", null, [passage.metadata?.publisher, passage.published, section(passage), passage.duplicates?.length && t.alsoIn(passage.duplicates.length)].filter(Boolean).join(" · "))),
      h("span.passage-text.foreign", null, flowing(snippet(passage)))))));
  if (answer.refused) return h("section.nearest.open", null, h("h4", null, t.refusalReading), list);
  return h("details.nearest", null, h("summary", null, icon("right"), t.nearest(answer.passages.length)), list);
}

// The innermost heading, and the text without the headings it begins with: the line above names them.
const section = (passage) => { const last = passage.heading?.split(" > ").pop(); return last && last !== passage.title ? last : null; };
const snippet = (passage) => passage.text.replace(/^(\s*#{1,6}\s[^\n]*\n+)+/, "") || passage.text;

function actions(message, t, handlers) {
  const { answer, vote } = message;
  const seconds = answer.timings?.total ?? (message.seconds || 0);
  const voteButton = (kind, label) => iconButton(kind, label, () => handlers.onvote(vote === kind ? null : kind), { "aria-pressed": String(vote === kind), class: vote === kind ? "on" : "" });
  return h("div.actions", null,
    iconButton("copy", t.copy, handlers.oncopy), iconButton("link", t.link, handlers.onlink),
    iconButton("refresh", t.askAgain, handlers.onretry),
    voteButton("up", t.up), voteButton("down", t.down),
    h("span.facts", null, [
      !answer.refused && (answer.answerer === "extractive" ? t.extractive : answer.answerer),
      !answer.refused && t.confidence(Math.min(answer.confidence, 0.99)), seconds > 0 && t.took(seconds), answer.usage?.output > 0 && t.tokens(answer.usage.input + answer.usage.output),
    ].filter(Boolean).join(" · ")));
}

export function noteForm(message, t, onsave) {
  const area = h("textarea", { rows: 2, maxLength: 2000, placeholder: t.notePlaceholder, "aria-label": message.vote === "up" ? t.noteUp : t.noteTitle });
  area.value = message.note || "";
  const form = h("form.note-form", { onsubmit: (event) => { event.preventDefault(); onsave(area.value.trim()); form.remove(); } },
    h("label", null, message.vote === "up" ? t.noteUp : t.noteTitle), area,
    h("div.dialog-actions", null,
      h("button.quiet", { type: "button", onclick: () => form.remove() }, t.close),
      h("button.primary", { type: "submit" }, t.noteSave)));
  return form;
}

export const tongue = (text) => (/[\u3400-\u9fff]/.test(text) ? "zh" : "en");
