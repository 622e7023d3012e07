// Conversations live in this browser's IndexedDB and nowhere else. All are held in memory too, for
// search; each change writes the one conversation it touches. Several tabs may go on with the same
// one: what is written is merged with what the others wrote, and each tab hears of it.
//
// conversation {id, title, named, created, updated, changed, index: {id, name}, scope: {documents: [{id, title}], from, to},
//   messages, removed: {message id: {at, gone}}}
// message {id, question, asked, state: "pending" | "done" | "stopped" | "failed" | "interrupted", answer, partial, error,
//   vote, note, revised}

import { randomId } from "./dom.js";

const STORE = "conversations";
let database = null;
const held = new Map();
const channel = "BroadcastChannel" in window ? new BroadcastChannel("rag-conversations") : null;

export let kept = true;

const written = new Set(); // ids that the database had: one that it has no more was deleted in another tab
let heard = () => {};

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const store = (mode) => database.transaction(STORE, mode).objectStore(STORE);

// user: the login, so that two people who share a browser do not share conversations.
// onchange(id, ids of messages): another tab changed or deleted this conversation.
export async function open(user, onchange) {
  heard = onchange;
  try {
    const request = indexedDB.open(user ? `rag ${user}` : "rag", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    database = await done(request);
    for (const conversation of await done(store("readonly").getAll())) take(mended(conversation));
  } catch {
    kept = false; // a private window or a full disk: go on in memory
  }
  channel?.addEventListener("message", async ({ data }) => {
    const found = database && (await done(store("readonly").get(data)));
    const ours = held.get(data);
    let changed = [];
    if (!found) held.delete(data);
    else if (ours) changed = absorb(ours, found);
    else take(found);
    heard(data, changed);
  });
}

function take(conversation) {
  held.set(conversation.id, conversation);
  written.add(conversation.id);
}

// A page closed in mid-answer leaves a pending message.
function mended(conversation) {
  for (const message of conversation.messages) if (message.state === "pending") message.state = "interrupted";
  return conversation;
}

// ---------------------------------------------------------------- merging

const settled = (message) => ["done", "stopped", "failed"].includes(message.state);

function outdated(ours, theirs) {
  if (settled(ours) !== settled(theirs)) return settled(theirs);
  return (theirs.revised ?? 0) > (ours.revised ?? 0);
}

function become(ours, theirs) {
  for (const key of Object.keys(ours)) if (!(key in theirs)) delete ours[key];
  return Object.assign(ours, theirs);
}

// Bring what is stored into the object at hand, which an answer on its way may hold, as it may its
// messages. Returns the ids of the messages that are new or other than before.
function absorb(ours, theirs) {
  const removed = { ...ours.removed };
  for (const [id, fate] of Object.entries(theirs.removed ?? {})) if (!(removed[id]?.at >= fate.at)) removed[id] = fate;
  if ((theirs.changed ?? 0) > (ours.changed ?? 0)) {
    const { title, named, scope, changed } = theirs;
    Object.assign(ours, { title, named, scope, changed });
  }
  const messages = new Map(ours.messages.map((message) => [message.id, message]));
  const news = [];
  for (const message of theirs.messages) {
    const known = messages.get(message.id);
    if (known && !outdated(known, message)) continue;
    if (known) become(known, message); else messages.set(message.id, message);
    news.push(message.id);
  }
  ours.removed = removed;
  ours.updated = Math.max(ours.updated, theirs.updated);
  ours.messages = inOrder([...messages.values()].filter((message) => !removed[message.id]?.gone));
  return news;
}

const inOrder = (messages) => messages.sort((a, b) => (a.asked < b.asked ? -1 : a.asked > b.asked ? 1 : 0));

export const all = () => [...held.values()].filter((c) => c.messages.length).sort((a, b) => b.updated - a.updated);
export const get = (id) => held.get(id);

export function create() {
  const now = Date.now();
  const conversation = { id: randomId(), title: "", named: false, created: now, updated: now, scope: null, messages: [] };
  held.set(conversation.id, conversation);
  return conversation;
}

// Returns whether the conversation is still there: one that was deleted, here or in another tab, is
// not written again.
export async function keep(conversation, { touch = true } = {}) {
  if (held.get(conversation.id) !== conversation) return false;
  if (touch) conversation.updated = Date.now();
  name(conversation);
  if (!database || !conversation.messages.length) return true;
  try {
    const place = store("readwrite");
    const stored = await done(place.get(conversation.id));
    if (!stored && written.has(conversation.id)) return false;
    const news = stored ? absorb(conversation, stored) : [];
    name(conversation);
    await done(place.put(conversation));
    written.add(conversation.id);
    channel?.postMessage(conversation.id);
    if (news.length) heard(conversation.id, news);
  } catch {
    kept = false;
  }
  return true;
}

function name(conversation) {
  if (!conversation.named) conversation.title = (conversation.messages[0]?.question ?? "").replace(/\s+/g, " ").slice(0, 80);
}

// Title and restriction are the conversation's own: of two tabs, the one that changed them last counts.
export function change(conversation, values) {
  Object.assign(conversation, values, { changed: Date.now() });
  return keep(conversation, { touch: false });
}

// Without these messages, in every tab. The caller keeps the conversation.
export function drop(conversation, messages) {
  mark(conversation, messages, true);
  conversation.messages = conversation.messages.filter((message) => !messages.includes(message));
}

export function bringBack(conversation, messages) {
  mark(conversation, messages, false);
  conversation.messages = inOrder([...new Set([...conversation.messages, ...messages])]);
}

function mark(conversation, messages, gone) {
  const at = Date.now();
  conversation.removed = { ...conversation.removed, ...Object.fromEntries(messages.map(({ id }) => [id, { at, gone }])) };
}

// Undoes remove().
export function restore(conversation) {
  held.set(conversation.id, conversation);
  written.delete(conversation.id);
  return keep(conversation, { touch: false });
}

export async function remove(id) {
  held.delete(id);
  if (database) await done(store("readwrite").delete(id));
  channel?.postMessage(id);
}

export async function clear() {
  const ids = [...held.keys()];
  held.clear();
  if (database) await done(store("readwrite").clear());
  for (const id of ids) channel?.postMessage(id);
}

export function find(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return all();
  return all().filter((conversation) => {
    const whole = [conversation.title, ...conversation.messages.flatMap((m) => [m.question, m.answer?.text ?? ""])].join("\n").toLowerCase();
    return words.every((word) => whole.includes(word));
  });
}
