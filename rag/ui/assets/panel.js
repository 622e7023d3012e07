// The source panel: a whole document, tidied, scrolled to the cited words.

import { composing, copyText, h, icon, iconButton, replace, toast } from "./dom.js";
import { tongue } from "./answers.js";
import { number } from "./texts.js";
import { told } from "./faults.js";
import * as server from "./server.js";

// UTF-16 units of the neighbours' quotes in one request, which the server takes up to 2 MiB of.
const MOST_QUOTED = 200000;
// Characters of the document that tell where one part of it ends: surely some are no white space.
const EDGE = 200;

// view: {citations: [...], at: index} to walk through an answer's citations, or {span: {...}} for a
// passage or a whole document. onclose() and onmove(citation) tell the page.
export function createPanel(element, { words, onclose, onmove }) {
  let view = null;
  let opener = null;
  let loaded = null; // {key, data}: walking between citations of one document fetches it once
  let turn = 0;
  let part = null; // of a long document: a mark of where the reader goes on, or null at the cited place

  const t = () => words();

  element.addEventListener("keydown", (event) => {
    if (composing(event)) return;
    if (event.key === "Escape") { event.stopPropagation(); close(); }
    if (!view?.citations || event.target.matches("input, textarea, pre")) return;
    if (event.key === "ArrowLeft") { event.preventDefault(); move(-1); }
    if (event.key === "ArrowRight") { event.preventDefault(); move(1); }
  });

  function open(next, from) {
    view = next;
    part = null;
    opener = from ?? opener;
    element.hidden = false;
    document.documentElement.dataset.panel = "open";
    show();
  }

  function close() {
    if (!view) return;
    view = loaded = null;
    turn += 1;
    element.hidden = true;
    delete document.documentElement.dataset.panel;
    if (opener?.isConnected) opener.focus({ preventScroll: true });
    opener = null;
    onclose();
  }

  function move(step) {
    const count = view.citations.length;
    if (count < 2) return;
    view.at = (view.at + step + count) % count;
    part = null;
    onmove(view.citations[view.at]);
    show();
  }

  const current = () => (view.citations ? view.citations[view.at] : view.span);

  // arrive(scroll): where in the text to be; without it, at the cited words.
  async function show(arrive = bringIntoView) {
    const mine = ++turn;
    const focus = current();
    const marks = [...marksOf(focus), ...(part ? [part] : [])];
    const key = JSON.stringify([focus.document_id, marks.map((m) => m.slice(0, 4)), focus.start > 100000 ? focus.start : 0]);
    frame(focus, h("p.loading", { role: "status" }, h("span.pulse"), `${t().loading}…`));
    let data;
    try {
      data = loaded?.key === key ? loaded.data : await server.call("source", focus.document_id, marks, focus.start ?? 0);
      loaded = { key, data };
    } catch (error) {
      if (mine === turn) frame(focus, lost(focus, error));
      return;
    }
    if (mine !== turn) return;
    frame({ ...focus, ...data, title: data.title ?? focus.title }, reading(data, focus));
    arrive(element.querySelector(".panel-scroll"));
  }

  // A long document comes in parts, of which one is shown: the reader goes on where this one ends.
  function turnTo(start, end, later) {
    part = [start, end, "place", 0];
    show((scroll) => {
      const settle = () => {
        const ends = [...scroll.querySelectorAll(".place")].map((one) => one.getBoundingClientRect());
        const box = scroll.getBoundingClientRect();
        if (ends.length) scroll.scrollTop += later ? ends.at(-1).bottom - box.top - box.height * 0.1 : ends[0].top - box.bottom + box.height * 0.1;
      };
      settle();
      requestAnimationFrame(settle);
      scroll.focus({ preventScroll: true });
    });
  }

  // Drawn anew, in another language perhaps: the place of reading stays.
  function refresh() {
    if (!view) return;
    const place = element.querySelector(".sheet") && element.querySelector(".panel-scroll").scrollTop;
    show(place === null ? bringIntoView : (scroll) => { scroll.scrollTop = place; });
  }

  // The current citation is "quote" and "exact"; its neighbours in the same document are "other".
  // The quotes go along: the document may have changed since, or be another of the same name.
  function marksOf(focus) {
    if (!focus.end) return [];
    const marks = [[focus.start, focus.end, "quote", focus.number ?? 0, focus.quote]];
    if (focus.highlight) marks.push([...focus.highlight, "exact", focus.number ?? 0]);
    let room = MOST_QUOTED;
    for (const other of view.citations ?? []) {
      if (other === focus || other.document_id !== focus.document_id || (room -= other.quote.length) < 0) continue;
      marks.push([other.start, other.end, "other", other.number, other.quote]);
    }
    return marks;
  }

  function frame(about, body) {
    const many = (view.citations?.length ?? 0) > 1;
    const facts = [about.publisher, about.published, about.page && t().page(about.page)].filter(Boolean);
    const scroll = h("div.panel-scroll", { tabIndex: 0, role: "document", "aria-label": about.title || about.source }, body);
    replace(element,
      h("header.panel-head", null,
        h("div.panel-bar", null,
          h("span.panel-name", null, about.number ? h("span.number", null, String(about.number)) : icon("page"), about.number ? t().source(about.number) : view.whole ? t().panel : t().passage),
          h("span.grow"),
          many && h("span.walk", null,
            iconButton("left", t().previous, () => move(-1)),
            h("span.walk-count", { "aria-live": "polite" }, t().of(view.at + 1, view.citations.length)),
            iconButton("right", t().next, () => move(1))),
          about.quote && iconButton("copy", t().copyQuote, async () => { await copyText(about.quote); toast(t().quoteCopied); }),
          iconButton("close", t().close, close)),
        h("h2.panel-title.foreign", { tabIndex: -1 }, about.title || about.source),
        h("p.panel-meta", null, facts.map((fact) => h("span.foreign", null, fact)), h("span.foreign.panel-source", null, about.source), original(about.url))),
      about.moved && h("p.told.moved", { role: "status" }, icon("warn"), h("span", null, t().moved)),
      scroll);
    element.querySelector(".panel-title").focus({ preventScroll: true });
  }

  function original(url) {
    if (!/^https?:\/\//i.test(url ?? "")) return null;
    return h("a.foreign", { href: url, target: "_blank", rel: "noopener noreferrer nofollow", title: url }, t().openOriginal);
  }

  function lost(focus, error) {
    const line = error.offline ? t().offline : error.gone ? (focus.quote ? t().gone : t().goneWhole) : error.message ? t().changed : t().failed;
    return h("div.lost", null, h("p.told", null, icon("warn"), h("span", null, line)),
      focus.quote && h("blockquote.foreign.sheet", null, h("mark.quote", null, focus.quote)),
      !error.gone && !error.offline && h("p.small", null, told(error.message, t())));
  }

  function bringIntoView(scroll) {
    const target = scroll.querySelector("mark.exact") ?? scroll.querySelector("mark.quote");
    if (!target) return;
    const settle = () => {
      const box = scroll.getBoundingClientRect();
      const first = scroll.querySelector("mark.quote").getBoundingClientRect();
      const goal = target.getBoundingClientRect();
      // Show the quote from its beginning, unless the answering words would then be out of sight.
      const top = goal.bottom - first.top < box.height * 0.7 ? first.top : goal.top;
      scroll.scrollTop += top - box.top - box.height * 0.28;
    };
    settle();
    requestAnimationFrame(() => { settle(); requestAnimationFrame(settle); });
  }

  function reading(data) {
    const left = (count, label, go) => count > 0 && h("p.left-out", null, t().leftOut(count), h("button.quiet.small", { type: "button", onclick: go }, label));
    const [start, end] = [data.before, data.before + data.length];
    const whole = data.segments.map((s) => s.text ?? "").join("");
    return h("div.sheet.foreign", { lang: tongue(whole.slice(0, 2000)) }, 
      left(data.before, t().showBefore, () => turnTo(start, Math.min(start + EDGE, end), false)), blocks(data),
      left(data.after, t().showAfter, () => turnTo(Math.max(start, end - EDGE), end, true)));
  }

  // Lines become paragraphs, and what is between fences a block of code. A heading keeps its # and a
  // block its fences, dimmed, so that no character of a quote is lost.
  function blocks({ segments, markdown }) {
    const out = [];
    let line = [];
    let code = [];
    const flush = () => {
      const text = line.map((piece) => piece.text).join("");
      if (text.trim()) out.push(block(text, line, markdown));
      if (code.length) out.push(codeBlock(code));
      line = [];
      code = [];
    };
    for (const segment of segments) {
      if (segment.page) { flush(); out.push(h("div.page-break", { role: "separator" }, t().page(segment.page))); continue; }
      const coded = segment.marks.some(([kind]) => kind === "code");
      if (coded !== code.length > 0) flush();
      if (coded) { code.push(segment); continue; }
      segment.text.split("\n").forEach((text, i) => {
        if (i) flush();
        if (text) line.push({ text, marks: segment.marks });
      });
    }
    flush();
    return out;
  }

  function block(text, pieces, markdown) {
    const typed = markdown && /^\s*(#{1,6})\s/.exec(text);
    const told = pieces.flatMap((piece) => piece.marks).find(([kind]) => kind === "heading");
    const heading = typed || told;
    const tag = heading ? `h${Math.min(6, (told ? told[1] : typed[1].length) + 2)}` : "p";
    const item = !heading && /^\s*([-•*·▪●]|\d{1,2}[.、)])\s*\S/.test(text);
    return h(tag, { class: item ? "item" : "" }, content(pieces, typed ? typed[0].length : 0));
  }

  function codeBlock(pieces) {
    const text = pieces.map((piece) => piece.text).join("");
    return h("pre", { tabIndex: 0 }, content(pieces, text.indexOf("\n"), text.lastIndexOf("\n")));
  }

  // The pieces with their marks; dimmed up to one offset of their text, and from another on.
  function content(pieces, low, high = Infinity) {
    let at = 0;
    return pieces.map(({ text, marks }) => {
      const cut = (offset) => Math.max(0, Math.min(offset - at, text.length));
      const [head, tail] = [cut(low), cut(high)];
      at += text.length;
      const dim = (part) => part && h("span.hash", null, part);
      return marked([dim(text.slice(0, head)), text.slice(head, tail), dim(text.slice(tail))], marks);
    });
  }

  function marked(content, marks) {
    const kinds = new Map(marks.map(([kind, n]) => [kind, n]));
    if (kinds.has("exact")) return h("mark.quote.exact", { dataset: { number: kinds.get("exact") } }, content);
    if (kinds.has("quote")) return h("mark.quote", { dataset: { number: kinds.get("quote") } }, content);
    if (kinds.has("other")) return h("mark.other", { dataset: { number: kinds.get("other") }, title: t().source(kinds.get("other")), onclick: () => move(view.citations.findIndex((c) => c.number === kinds.get("other")) - view.at) }, content);
    if (kinds.has("place")) return h("span.place", null, content);
    return content;
  }

  return { open, close, move, refresh, isOpen: () => Boolean(view) };
}
