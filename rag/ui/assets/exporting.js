// A conversation, or one answer, as text to take away: with every citation and its quote.

import { flowing, visible } from "./dom.js";
import { told } from "./faults.js";
import { markersOf } from "./markers.js";

// Markdown has no safe raw text: whatever could begin markup is escaped, so that a title or a quote
// stays what it was when the file is rendered.
export function escaped(text) {
  return visible(text ?? "")
    .replace(/[\\`*_[\]|~]/g, "\\$&")
    .replace(/&(?=#?\w+;)/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;")
    .replace(/:(?=\/\/)/g, "\\:").replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}\\.`)
    .replace(/^(\s*)([-=+#])/gm, "$1\\$2").replace(/^(\s*\d+)([.)])/gm, "$1\\$2");
}

const line = (text) => escaped(flowing(text ?? ""));

export function sourceLine(citation, t) {
  return [citation.title || citation.source, citation.publisher, citation.published, citation.page && t.page(citation.page), citation.title && citation.source]
    .filter(Boolean).join(" · ");
}

export function toMarkdown(conversation, t, locale) {
  const out = [`# ${line(conversation.title || t.untitled)}`, ""];
  for (const message of conversation.messages) {
    out.push(`## ${line(message.question)}`, "", `*${line(t.exportAsked(new Date(message.asked).toLocaleString(locale)))}*`, "");
    const answer = message.answer;
    if (!answer) {
      out.push(escaped(message.partial || told(message.error || t.stopped, t)), "");
      continue;
    }
    out.push(marked(answer), "");
    if (answer.citations.length) out.push(`### ${t.exportSources}`, "");
    for (const citation of answer.citations) {
      out.push(`**[${citation.number}]** ${line(sourceLine(citation, t))}`, "");
      out.push(...escaped(citation.quote).split("\n").map((quoted) => `> ${quoted}`), "");
      const exact = exactWords(citation);
      if (exact && exact !== citation.quote) out.push(`${t.exportExact}: ${line(exact)}`, "");
    }
  }
  return out.join("\n");
}

// The markers [1] are ours; all else in the answer is quoted matter.
function marked(answer) {
  let written = "";
  let at = 0;
  for (const { start, end } of markersOf(answer)) {
    written += escaped(answer.text.slice(at, start)) + answer.text.slice(start, end);
    at = end;
  }
  return written + escaped(answer.text.slice(at));
}

export function toJson(conversation) {
  return JSON.stringify({
    format: "rag-conversation", version: 1,
    title: conversation.title, created: new Date(conversation.created).toISOString(), scope: conversation.scope,
    messages: conversation.messages.map(({ question, asked, state, answer, partial, vote, note }) => ({
      question, asked, state, answer: answer ?? null, ...(partial && !answer ? { partial } : {}), vote: vote ?? null, note: note ?? "",
    })),
  }, null, 2);
}

export function answerAsText(message, t) {
  const { answer } = message;
  const sources = answer.citations.map((c) => `[${c.number}] ${sourceLine(c, t)}\n    “${flowing(visible(c.quote))}”`);
  return [visible(answer.text), ...(sources.length ? ["", `${t.sources}:`, ...sources] : [])].join("\n");
}

// Spans count code points; JavaScript's strings count UTF-16 units.
export const slice = (text, start, end) => Array.from(text).slice(start, end).join("");

export function exactWords(citation) {
  if (!citation.highlight) return null;
  const [low, high] = citation.highlight;
  return slice(citation.quote, low - citation.start, high - citation.start);
}

export const fileName = (title) => (title || "conversation").replace(/[^\p{L}\p{N} _-]/gu, "").trim().slice(0, 60) || "conversation";
