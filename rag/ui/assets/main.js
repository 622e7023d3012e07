// The page: conversations on the left, the question in the middle, its source on the right.

import { asked, composing, confirmation, copyText, download, h, icon, iconButton, keepingFocus, randomId, replace, toast } from "./dom.js";
import { LANGUAGES, preferred } from "./texts.js";
import { answerBlock, noteForm, questionBlock } from "./answers.js";
import { answerAsText, fileName, toJson, toMarkdown } from "./exporting.js";
import { createDocuments } from "./documents.js";
import { createPanel } from "./panel.js";
import { scopeDialog, scopeLine, settingsDialog } from "./choices.js";
import { told } from "./faults.js";
import * as conversations from "./conversations.js";
import * as server from "./server.js";

// ---------------------------------------------------------------- what the page knows

const preferences = { language: preferred(), theme: "auto", answerer: "auto", k: null, ...stored("rag-preferences") };
let status = { phase: "opening", k: 8, llm: "", max_question: 4000 };
let holdings = null; // {total, passages}
let suggestions = null;
let gone = new Set(); // ids among the restriction's that the index has no more
let current = null; // the conversation on screen
let view = "ask";
const running = new Map(); // conversation id -> AbortController

const t = () => LANGUAGES[preferences.language] ?? LANGUAGES.en;

function stored(key) {
  try { return JSON.parse(localStorage.getItem(key)) ?? {}; } catch { return {}; }
}

function prefer(name, value) {
  preferences[name] = value;
  try { localStorage.setItem("rag-preferences", JSON.stringify(preferences)); } catch { /* a private window */ }
  if (name === "theme") applyTheme();
  if (name === "language") drawAll();
}

function applyTheme() {
  document.documentElement.dataset.theme = preferences.theme;
}

// ---------------------------------------------------------------- frame

const el = {
  skip: h("a.skip", { href: "#question", onclick: (event) => { event.preventDefault(); el.input.focus(); } }),
  sidebar: h("nav.sidebar", { id: "sidebar" }), veil: h("div.veil", { onclick: () => drawer(false) }),
  top: h("header.top"), banner: h("div.banner", { hidden: true, role: "status" }),
  ask: h("section.ask", { id: "view-ask" }), log: h("div.log", { role: "log", "aria-live": "off" }), thread: h("div.thread"),
  composer: h("form.composer"), input: h("textarea", { id: "question", rows: 1, enterkeyhint: "send" }),
  documents: h("section.documents", { id: "view-documents", hidden: true }),
  panel: h("aside.panel", { hidden: true, id: "source-panel" }), said: h("div.visually-hidden", { role: "status", "aria-live": "polite" }),
  list: h("ul.conversations"), search: h("input", { type: "search" }),
};

const panel = createPanel(el.panel, {
  words: t,
  onclose: () => { shown = null; markShown(); leavePanel(); },
  onmove: (citation) => { shown = { ...shown, n: String(citation.number) }; markShown(); address(); },
});
let shown = null; // what the panel shows: {message, n}, see "addresses"

const documents = createDocuments(el.documents, {
  words: t,
  limits: () => status,
  onask: (chosen) => { setScope({ documents: chosen, from: null, to: null }); show("ask"); el.input.focus(); },
  onread: (row, from) => openPanel({ whole: true, span: { document_id: row.id, ...row } }, null, row.id, from),
  onchange: () => { if (view === "documents") panel.close(); refreshHoldings(); },
});

function build() {
  applyTheme();
  el.log.append(el.thread);
  el.ask.append(el.log, el.composer);
  document.body.append(el.skip, h("div.shell", null, el.sidebar, el.veil, h("main.main", null, el.top, el.banner, el.ask, el.documents), el.panel), el.said);
  el.composer.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  el.input.addEventListener("input", fit);
  el.input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !composing(event)) { event.preventDefault(); submit(); }
  });
  el.search.addEventListener("input", drawList);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || composing(event) || document.querySelector("dialog[open]")) return;
    const typing = event.target.matches("input, textarea, select");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); show("ask"); el.input.focus(); }
    if (event.key === "Escape") {
      if (document.documentElement.dataset.drawer) drawer(false);
      else if (panel.isOpen()) panel.close();
      else if (current && running.has(current.id)) stop();
    }
  });
  window.addEventListener("popstate", arrived);
  drawAll();
}

function drawAll() {
  document.documentElement.lang = t().code;
  document.title = current?.title ? `${current.title} · rag` : "rag";
  el.skip.textContent = t().skip;
  el.panel.setAttribute("aria-label", t().panel);
  drawSidebar(); drawTop(); drawBanner(); drawComposer(); drawThread();
  if (view === "documents") documents.show();
  panel.refresh();
}

function drawer(open) {
  if (open) document.documentElement.dataset.drawer = "open";
  else delete document.documentElement.dataset.drawer;
}

// ---------------------------------------------------------------- sidebar

function drawSidebar() {
  el.search.placeholder = t().searchConversations;
  el.search.setAttribute("aria-label", t().searchConversations);
  el.list.setAttribute("aria-label", t().conversations);
  keepingFocus(el.sidebar, () => replace(el.sidebar,
    h("div.brand", null, h("img", { src: "rag/assets/icon.svg", alt: "", width: 26, height: 26 }), h("span.brand-name", null, "rag"), h("span.brand-index.foreign", { title: status.index }, status.index ?? ""),
      iconButton("close", t().close, () => drawer(false), { class: "drawer-close" })),
    h("button.new", { type: "button", onclick: () => { startNew(); drawer(false); } }, icon("plus"), t().newConversation),
    h("span.search-box", null, icon("search"), el.search),
    el.list,
    h("p.private", null, conversations.kept ? t().privateNote : t().memoryNote)));
  drawList();
}

function drawList() {
  const found = conversations.find(el.search.value);
  const midnight = new Date().setHours(0, 0, 0, 0);
  let group = null;
  const rows = [];
  for (const conversation of found) {
    const name = conversation.updated >= midnight ? t().today : t().earlier;
    if (name !== group) rows.push(h("li.group", { role: "presentation" }, (group = name)));
    rows.push(h("li", { class: conversation.id === current?.id ? "current" : "" },
      h("a.foreign", { href: `#c=${conversation.id}`, "aria-current": conversation.id === current?.id ? "page" : null, title: conversation.title }, conversation.title || t().untitled, running.has(conversation.id) && h("span.pulse")),
      iconButton("more", t().more, (event) => conversationMenu(conversation, event.currentTarget), { "aria-haspopup": "menu" })));
  }
  replace(el.list, rows.length ? rows : h("li.told", null, el.search.value ? t().noMatch : t().noConversations));
}

function conversationMenu(conversation, anchor) {
  const entries = [
    ["edit", t().rename, () => rename(conversation)],
    ["download", t().exportMarkdown, () => download(`${fileName(conversation.title)}.md`, "text/markdown", toMarkdown(conversation, t(), t().code))],
    ["download", t().exportJson, () => download(`${fileName(conversation.title)}.json`, "application/json", toJson(conversation))],
    ["trash", t().remove, () => discard(conversation)],
  ];
  const close = () => { menu.remove(); document.removeEventListener("pointerdown", outside, true); anchor.focus(); };
  const outside = (event) => { if (!menu.contains(event.target)) close(); };
  const menu = h("div.menu", { role: "menu", onkeydown: (event) => {
    const items = [...menu.children];
    const at = items.indexOf(document.activeElement);
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); close(); }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); items[(at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length].focus(); }
    if (event.key === "Tab") close();
  } }, entries.map(([name, label, act]) => h("button", { type: "button", role: "menuitem", class: name === "trash" ? "danger-text" : "", onclick: () => { close(); act(); } }, icon(name), label)));
  document.body.append(menu);
  const box = anchor.getBoundingClientRect();
  const place = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(box.right - place.width, innerWidth - place.width - 8))}px`;
  menu.style.top = `${box.bottom + place.height + 12 > innerHeight ? box.top - place.height - 4 : box.bottom + 4}px`;
  menu.firstChild.focus();
  setTimeout(() => document.addEventListener("pointerdown", outside, true));
}

async function rename(conversation) {
  const title = await asked({ title: t().renameTitle, value: conversation.title, agree: t().save, cancel: t().cancel });
  if (!title) return;
  await conversations.change(conversation, { title, named: true });
  drawAll();
}

async function discard(conversation) {
  running.get(conversation.id)?.abort();
  await conversations.remove(conversation.id);
  if (current === conversation) startNew({ push: false });
  drawList();
  toast(t().removed, { action: t().undo, onaction: async () => { await conversations.restore(conversation); drawList(); } });
}

async function clearAll() {
  if (!(await confirmation({ title: t().clearTitle, text: t().clearText, agree: t().clearAll, cancel: t().cancel }))) return;
  for (const controller of running.values()) controller.abort();
  await conversations.clear();
  startNew({ push: false });
}

// ---------------------------------------------------------------- top bar and banner

function drawTop() {
  const tab = (name, label) => h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-selected": String(view === name), "aria-controls": `view-${name}`, onclick: () => show(name) }, label);
  const other = preferences.language === "zh" ? "en" : "zh";
  const themes = ["auto", "light", "dark"];
  replace(el.top,
    iconButton("menu", t().menu, () => drawer(true), { class: "drawer-open", "aria-controls": "sidebar" }),
    h("div.tabs", { role: "tablist", onkeydown: (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      show(view === "ask" ? "documents" : "ask");
      document.getElementById(`tab-${view}`).focus();
    } }, tab("ask", t().tabAsk), tab("documents", t().tabDocuments)),
    h("span.grow"),
    h("button.language", { type: "button", lang: LANGUAGES[other].code, "aria-label": t().languageLabel, title: LANGUAGES[other].name, onclick: () => prefer("language", other) }, t().language),
    iconButton({ auto: "auto", light: "sun", dark: "moon" }[preferences.theme], t().theme(preferences.theme), () => { prefer("theme", themes[(themes.indexOf(preferences.theme) + 1) % 3]); drawTop(); }),
    iconButton("gear", t().settings, () => settingsDialog({ words: t, preferences, status, languages: LANGUAGES, change: (name, value) => { prefer(name, value); drawTop(); }, onclear: clearAll, onleave: () => { location.href = "logout"; } })));
}

function drawBanner() {
  const { phase, error, offline } = status;
  el.banner.hidden = !(offline || phase === "opening" || phase === "failed");
  el.banner.className = `banner ${offline || phase === "failed" ? "error" : ""}`;
  if (offline) replace(el.banner, icon("warn"), h("span", null, t().offline));
  else if (phase === "failed") replace(el.banner, icon("warn"), h("span", null, h("strong", null, t().openFailed), " ", told(error, t())));
  else replace(el.banner, h("span.pulse"), h("span", null, t().opening));
}

function show(name) {
  turnTo(name);
  address({ push: true });
}

function turnTo(name) {
  drawer(false);
  if (name === view) return;
  shut();
  view = name;
  el.ask.hidden = name !== "ask";
  el.documents.hidden = name !== "documents";
  drawTop();
  if (name === "documents") { documents.show(); documents.load(); }
}

// ---------------------------------------------------------------- composer

function drawComposer() {
  const busy = current && running.has(current.id);
  el.input.placeholder = t().placeholder;
  el.input.setAttribute("aria-label", t().composerLabel);
  const scope = current?.scope ?? null;
  const lost = (scope?.documents ?? []).filter(({ id }) => gone.has(id)).map(({ title }) => title).join(" · ");
  keepingFocus(el.composer, () => replace(el.composer,
    h("div.composer-box", null, el.input,
      h("div.composer-row", null,
        h("button.scope", { type: "button", class: `${scope ? "on" : ""} ${lost ? "gone" : ""}`, title: lost ? t().scopeGone(lost) : t().scope, "aria-label": `${t().scope}: ${scopeLine(scope, t())}. ${lost && t().scopeGone(lost)}`, onclick: () => scopeDialog(scope, t(), setScope) }, icon(lost ? "warn" : "funnel"), h("span.foreign", null, scopeLine(scope, t()))),
        scope && iconButton("close", t().scopeReset, () => setScope(null), { class: "small-button" }),
        h("span.grow"),
        h("span.hint", null, t().hint),
        busy ? h("button.stop.send", { type: "button", title: t().stop, "aria-label": t().stop, onclick: () => { stop(); toComposer(); } }, icon("stop"))
          : h("button.send", { type: "submit", title: t().send, "aria-label": t().send }, icon("send"))))));
  fit();
}

// Where a touch on it would raise a keyboard over the page, that is left to the reader.
function toComposer() {
  if (!matchMedia("(pointer: coarse)").matches) el.input.focus();
}

function fit() {
  el.input.style.height = "auto";
  el.input.style.height = `${Math.min(el.input.scrollHeight, 200)}px`;
}

function setScope(scope) {
  current ??= conversations.create();
  conversations.change(current, { scope });
  drawComposer();
}

async function checkScope() {
  const ids = (current?.scope?.documents ?? []).map(({ id }) => id);
  if (!ids.length) return;
  const before = [...gone].join();
  gone = new Set(await server.call("missing", ids).catch(() => []));
  if ([...gone].join() !== before) drawComposer();
}

function submit() {
  const question = el.input.value.trim();
  if (!question || (current && running.has(current.id))) return;
  if (question.length > status.max_question) { toast(t().tooLong(status.max_question), { error: true }); return; }
  el.input.value = "";
  fit();
  ask(question);
}

// ---------------------------------------------------------------- asking

async function ask(question) {
  if (view !== "ask") show("ask");
  current ??= conversations.create();
  const conversation = current;
  const message = { id: randomId(), question, asked: new Date().toISOString(), started: Date.now(), stage: status.phase === "opening" ? "opening" : undefined, model: preferences.answerer === "extractive" ? "" : status.llm, state: "pending", answer: null, partial: "", error: "", vote: null, note: "" };
  if (!conversation.messages.length && status.index_id) conversation.index = { id: status.index_id, name: status.index };
  const history = completed(conversation.messages);
  conversation.messages.push(message);
  const controller = new AbortController();
  running.set(conversation.id, controller);
  await conversations.keep(conversation);
  drawThread(); drawComposer(); drawList(); address();
  if (document.activeElement === document.body) toComposer(); // what asked is gone
  toBottom(true);
  const ticking = setInterval(() => redraw(conversation, message), 1000);
  try {
    const options = { k: preferences.k ?? null, answerer: preferences.answerer, documents: (conversation.scope?.documents ?? []).map((d) => d.id), from: conversation.scope?.from ?? null, to: conversation.scope?.to ?? null };
    await server.stream("ask", [question, history, options], { signal: controller.signal, onevent: (event) => {
      if (event.place !== undefined) message.place = event.place;
      if (event.stage) message.stage = event.stage;
      if (event.text) message.partial += event.text;
      if (event.answer) message.answer = event.answer;
      redraw(conversation, message);
    } });
    message.state = message.answer ? "done" : "failed";
  } catch (error) {
    message.state = error.name === "AbortError" ? "stopped" : "failed";
    message.error = message.state === "stopped" ? t().stopped : error.offline ? t().offline : error.message || t().failed;
    if (error.login) demandLogin();
  }
  clearInterval(ticking);
  message.seconds = (Date.now() - message.started) / 1000;
  for (const passing of ["started", "stage", "place", "model"]) delete message[passing];
  if (message.answer) message.partial = "";
  running.delete(conversation.id);
  await conversations.keep(conversation);
  redraw(conversation, message);
  drawList();
  if (conversation === current) {
    drawComposer();
    const { answer } = message;
    el.said.textContent = answer ? `${answer.refused ? t().refusal : t().answer}: ${answer.text}` : told(message.error, t());
  }
  checkStatus();
}

// What a question is asked after: the last answered ones of the messages before it.
const answered = (messages) => messages.filter((m) => m.answer).slice(-8);
const turns = (messages) => answered(messages).map((m) => [m.question, m.answer.text]);

// Each with its question as it was searched: of "And BM25?" only that tells what was asked.
const completed = (messages) => answered(messages).map((m) => [m.answer.query || m.question, m.answer.text]);

function stop() {
  running.get(current?.id)?.abort();
}

// Asking again from a message takes its place; what came after rested on it and goes, with a way back.
function askAgain(message, question = message.question) {
  if (running.has(current.id)) return;
  const conversation = current;
  const dropped = conversation.messages.slice(conversation.messages.indexOf(message));
  conversations.drop(conversation, dropped);
  panel.close();
  ask(question);
  const instead = conversation.messages.at(-1);
  if (dropped.length > 1) {
    toast(t().laterDropped, { action: t().undo, onaction: () => {
      if (instead.state === "pending") running.get(conversation.id)?.abort();
      conversations.drop(conversation, [instead]);
      conversations.bringBack(conversation, dropped);
      conversations.keep(conversation);
      if (conversation === current) drawThread();
      drawList();
    } });
  }
}

// ---------------------------------------------------------------- thread

function drawThread() {
  if (!current?.messages.length) { drawWelcome(); return; }
  replace(el.thread, elsewhere(current), current.messages.map((message) => exchange(current, message)));
  markShown();
}

// Another tab has changed messages of the conversation on screen; what is typed in the others stays.
function drawNews(changed) {
  if (!current.messages.length) { drawThread(); return; }
  const held = new Map([...el.thread.querySelectorAll(".exchange")].map((one) => [one.dataset.id, one]));
  if ([...held.keys()].join() !== current.messages.map((message) => message.id).join()) {
    replace(el.thread, elsewhere(current), current.messages.map((message) => held.get(message.id) ?? exchange(current, message)));
  }
  for (const message of current.messages) if (changed.includes(message.id)) redraw(current, message);
  // Drawn only where it must be: that would end the composition of an input method.
  if (el.composer.querySelector(".scope").textContent !== scopeLine(current.scope, t())) drawComposer();
}

// The index is told by its id: another one may be served at the same address by the same name.
function elsewhere({ index }) {
  if (!index || !status.index_id || index.id === status.index_id) return null;
  return h("p.elsewhere", { role: "note" }, icon("warn"), h("span", null, t().otherIndex(index.name)));
}

function exchange(conversation, message) {
  return h("div.exchange", { id: `m-${message.id}`, dataset: { id: message.id } },
    questionBlock(message, t(), { onedit: (question) => askAgain(message, question) }),
    answerBlock(message, t(), handlersOf(conversation, message)));
}

function handlersOf(conversation, message) {
  return {
    oncite: (wanted, from) => openCitation(message, wanted, from),
    onpassage: (passage, from) => openPassage(message, passage, from),
    oncopy: async () => toast((await copyText(answerAsText(message, t()))) ? t().copied : t().failed),
    onlink: async () => toast((await copyText(linkTo(conversation, message))) ? t().linkCopied : t().failed),
    onvote: (vote) => judge(conversation, message, vote),
    onretry: () => askAgain(message),
  };
}

// Only the answer is drawn anew, so that a note being typed or a selection elsewhere stays.
function redraw(conversation, message) {
  if (conversation !== current) return;
  const place = document.getElementById(`m-${message.id}`);
  if (!place) return;
  const atBottom = el.log.scrollHeight - el.log.scrollTop - el.log.clientHeight < 120;
  const unfolded = place.querySelector("details.nearest")?.open;
  keepingFocus(place, () => place.querySelector(".answer").replaceWith(answerBlock(message, t(), handlersOf(conversation, message))));
  if (unfolded) place.querySelector("details.nearest").open = true;
  if (shown?.message === message) markShown();
  if (atBottom) toBottom();
}

function toBottom(always = false) {
  const last = el.thread.lastElementChild;
  if (!last) return;
  // A long answer is read from its beginning: never push its question out of sight.
  const goal = Math.min(el.log.scrollHeight, last.offsetTop + el.log.clientHeight - 24);
  if (always || el.log.scrollTop + el.log.clientHeight < goal) el.log.scrollTop = goal - el.log.clientHeight;
}

function drawWelcome() {
  const empty = holdings && holdings.total === 0;
  replace(el.thread, h("div.welcome", null,
    h("h1", null, t().welcome),
    h("p.lead", null, empty ? t().empty : t().welcomeLine),
    holdings && !empty && h("p.holdings", null, t().holdings(holdings.total, holdings.passages)),
    empty && h("button.primary", { type: "button", onclick: () => show("documents") }, icon("upload"), t().addDocuments),
    !empty && suggestions?.length > 0 && h("ul.suggestions", { "aria-label": t().suggestions }, suggestions.map((question) =>
      h("li", null, h("button.foreign", { type: "button", onclick: () => ask(question) }, question))))));
}

function startNew({ push = true } = {}) {
  clearScreen();
  address({ push });
  el.input.focus();
}

function clearScreen() {
  current = null;
  shut();
  turnTo("ask");
  drawAll();
}

// ---------------------------------------------------------------- citations

function openCitation(message, wanted, from) {
  const { citations, passages } = message.answer;
  const publishers = new Map(passages.map((p) => [p.document_id, p.metadata?.publisher]));
  const at = citations.findIndex((c) => c.number === wanted);
  if (at < 0) return;
  openPanel({ citations: citations.map((c) => ({ ...c, publisher: publishers.get(c.document_id) })), at }, message, String(wanted), from);
}

function openPassage(message, passage, from) {
  openPanel({ span: { ...passage, publisher: passage.metadata?.publisher, quote: passage.text } }, message, `p${passage.rank}`, from);
}

function openPanel(wanted, message, n, from) {
  const push = !panel.isOpen();
  shown = { message, n };
  panel.open(wanted, from);
  markShown();
  address({ push, panel: true });
}

function markShown() {
  for (const marked of el.thread.querySelectorAll(".shown")) marked.classList.remove("shown");
  if (!shown?.message) return;
  for (const one of el.thread.querySelectorAll(`#m-${shown.message.id} [data-number="${shown.n}"]`)) one.classList.add("shown");
}

// ---------------------------------------------------------------- feedback

async function judge(conversation, message, vote) {
  Object.assign(message, { vote, revised: Date.now() });
  redraw(conversation, message);
  await conversations.keep(conversation, { touch: false });
  await report(conversation, message);
  if (vote) {
    const place = document.getElementById(`m-${message.id}`);
    place?.querySelector(".note-form")?.remove();
    const form = noteForm(message, t(), async (note) => {
      Object.assign(message, { note, revised: Date.now() });
      await conversations.keep(conversation, { touch: false });
      if (await report(conversation, message)) toast(t().thanks);
    });
    place?.querySelector(".answer").append(form);
  }
}

async function report(conversation, message) {
  const { id, question, vote, note, answer } = message;
  const { text, query, refused, confidence, answerer, citations } = answer;
  const before = conversation.messages.findIndex((m) => m.id === id);
  const history = turns(conversation.messages.slice(0, Math.max(0, before)));
  try {
    await server.call("feedback", { id, question, history, vote, note, answer: { text, query, refused, confidence, answerer, citations } });
    return true;
  } catch (error) {
    toast(error.offline ? t().offline : told(error.message, t()), { error: true });
    return false;
  }
}

// ---------------------------------------------------------------- addresses

// #c=<conversation>&m=<message>&n=<source>&q=<question>: opens what this browser keeps; where it is
// not kept (another browser), the question is put into the composer. #view=documents&n=<document>.
// n is there exactly while the panel is open: the number of a citation, or p and a passage's rank.
//
// What opens (a panel, the documents, another conversation) is a step in the browser's history, so
// that Back closes it; walking within it is none.

let following = false; // the screen is made to follow the address
let leaving = false; // a step back was asked for and has not come yet

function address({ push = false, panel: opened = false } = {}) {
  document.title = view === "ask" && current?.title ? `${current.title} · rag` : "rag";
  if (following || leaving) return;
  const parts = new URLSearchParams();
  if (view === "documents") parts.set("view", "documents");
  else if (current?.messages.length) parts.set("c", current.id);
  if (shown?.message) parts.set("m", shown.message.id);
  if (shown) parts.set("n", shown.n);
  const hash = parts.size ? `#${parts}` : "";
  if (hash === location.hash) { if (!history.state) history.replaceState({}, ""); return; }
  const url = hash || location.pathname + location.search;
  if (push) history.pushState({ panel: opened }, "", url);
  else history.replaceState({ panel: Boolean(shown && history.state?.panel) }, "", url);
}

// The reader closed the panel: that is the step back from opening it, if it was opened here.
function leavePanel() {
  // A tab may have been restored without its past.
  if (following || leaving || !history.state?.panel || history.length < 2) { address(); return; }
  leaving = true;
  history.back();
}

// Closes the panel on the way to something else, which is the step.
function shut() {
  const before = following;
  following = true;
  panel.close();
  following = before;
}

function arrived() {
  if (!leaving) { followAddress(); return; }
  leaving = false;
  address({ push: true, panel: panel.isOpen() }); // what was opened meanwhile
}

function linkTo(conversation, message) {
  const parts = new URLSearchParams({ c: conversation.id, m: message.id, q: message.question });
  return `${location.origin}${location.pathname}#${parts}`;
}

function followAddress() {
  const parts = new URLSearchParams(location.hash.slice(1));
  following = true;
  try { follow(parts, !history.state); } finally { following = false; }
  address(); // without what is not there any more
}

// fresh: the reader followed a link; otherwise it is a step in the history, which leaves the place of reading.
function follow(parts, fresh) {
  const n = parts.get("n");
  drawer(false);
  if (!n) panel.close();
  if (parts.get("view") === "documents") {
    turnTo("documents");
    if (n && shown?.n !== n) openPanel({ whole: true, span: { document_id: n, source: n } }, null, n);
    return;
  }
  const conversation = conversations.get(parts.get("c"));
  if (!conversation) {
    if (current?.messages.length) clearScreen(); else turnTo("ask");
    if (parts.get("q")) {
      el.input.value = parts.get("q").slice(0, status.max_question);
      fit();
      toast(t().sharedQuestion);
    }
    return;
  }
  const other = conversation !== current;
  if (other || view !== "ask") {
    shut();
    current = conversation;
    turnTo("ask");
    drawAll();
    checkScope();
  }
  const message = conversation.messages.find((m) => m.id === parts.get("m"));
  if (fresh || other) {
    if (message) document.getElementById(`m-${message.id}`)?.scrollIntoView({ block: "start" });
    else el.log.scrollTop = el.log.scrollHeight;
  }
  if (!n || (shown?.message === message && shown?.n === n)) return;
  const passage = message?.answer?.passages.find((p) => `p${p.rank}` === n);
  if (passage) openPassage(message, passage);
  else if (message?.answer) openCitation(message, Number(n));
}

// ---------------------------------------------------------------- status

let checking;
const known = new Promise((resolve) => { el.known = resolve; }); // settles with the first status
async function checkStatus() {
  clearTimeout(checking);
  const before = status;
  try {
    status = { ...(await server.status()), offline: false };
    el.known();
  } catch (error) {
    if (error.login) { demandLogin(); return; }
    status = { ...status, offline: Boolean(error.offline) };
  }
  if (status.phase !== before.phase || status.offline !== before.offline || status.index_id !== before.index_id) {
    drawBanner(); drawSidebar();
    if (before.index_id && status.index_id !== before.index_id) drawThread();
    if (["warming", "ready"].includes(status.phase) && !["warming", "ready"].includes(before.phase)) refreshHoldings();
  }
  const settled = status.phase === "ready" && !status.offline;
  checking = setTimeout(checkStatus, settled ? 30000 : 700);
}

async function refreshHoldings() {
  checkScope();
  try {
    const { total, passages } = await server.call("documents", "", 0, 1, "indexed");
    holdings = { total, passages };
    if (!current?.messages.length) drawThread();
    suggestions = total ? (await server.call("suggestions", preferences.language)) : [];
  } catch { return; /* the banner tells when the server is gone */ }
  if (!current?.messages.length) drawThread();
}

// ---------------------------------------------------------------- login

function demandLogin() {
  if (document.querySelector("dialog.login")) return;
  const user = h("input", { type: "text", name: "username", autocomplete: "username", required: true });
  const password = h("input", { type: "password", name: "password", autocomplete: "current-password", required: true });
  const problem = h("p.told.error", { role: "alert", hidden: true });
  const dialog = h("dialog.dialog.login", { "aria-label": t().loginTitle, oncancel: (event) => event.preventDefault() },
    h("form", { onsubmit: async (event) => {
      event.preventDefault();
      let told = t().offline;
      try {
        const { ok, wait } = await server.login(user.value, password.value);
        if (ok) { dialog.close(); dialog.remove(); checkStatus(); return; }
        told = wait ? t().loginWait(wait) : t().loginFailed;
      } catch { /* the server is gone */ }
      problem.hidden = false;
      replace(problem, told);
    } },
    h("h2", null, t().loginTitle), h("label", null, t().user, user), h("label", null, t().password, password), problem,
    h("div.dialog-actions", null, h("button.primary", { type: "submit" }, t().login))));
  document.body.append(dialog);
  dialog.showModal();
}

// ---------------------------------------------------------------- start

build();
checkStatus();
await known;
await conversations.open(status.user, (id, changed) => {
  const there = conversations.get(id);
  if (!there) running.get(id)?.abort();
  if (current?.id === id) {
    if (there) drawNews(changed);
    else if (view === "ask") startNew({ push: false });
    else { current = null; drawAll(); } // what is read among the documents stays
  }
  drawList();
});
drawList();
followAddress();
toComposer();
document.documentElement.dataset.ready = "yes";
