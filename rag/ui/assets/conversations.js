// Conversations live in this browser's IndexedDB and nowhere else. All are held in memory too, for
// search; each change writes the one conversation it touches.
//
// conversation {id, title, named, created, updated, scope: {documents: [{id, title}], from, to}, messages}
// message {id, question, asked, state: "pending" | "done" | "stopped" | "failed", answer, partial, error, vote, note}

import { randomId } from "./dom.js";

const STORE = "conversations";
let database = null;
const held = new Map();
const channel = "BroadcastChannel" in window ? new BroadcastChannel("rag-conversations") : null;

export let kept = true;

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const store = (mode) => database.transaction(STORE, mode).objectStore(STORE);

// user: the login, so that two people who share a browser do not share conversations.
export async function open(user, onchange) {
  try {
    const request = indexedDB.open(user ? `rag ${user}` : "rag", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    database = await done(request);
    for (const conversation of await done(store("readonly").getAll())) held.set(conversation.id, mended(conversation));
  } catch {
    kept = false; // a private window or a full disk: go on in memory
  }
  channel?.addEventListener("message", async ({ data }) => {
    // Another tab wrote: take its version.
    const found = database && (await done(store("readonly").get(data)));
    if (found) held.set(data, found); else held.delete(data);
    onchange(data);
  });
}

// A page closed in mid-answer leaves a pending message.
function mended(conversation) {
  for (const message of conversation.messages) if (message.state === "pending") message.state = "interrupted";
  return conversation;
}

export const all = () => [...held.values()].filter((c) => c.messages.length).sort((a, b) => b.updated - a.updated);
export const get = (id) => held.get(id);

export function create() {
  const now = Date.now();
  const conversation = { id: randomId(), title: "", named: false, created: now, updated: now, scope: null, messages: [] };
  held.set(conversation.id, conversation);
  return conversation;
}

export async function keep(conversation, { touch = true } = {}) {
  if (touch) conversation.updated = Date.now();
  if (!conversation.named) conversation.title = (conversation.messages[0]?.question ?? "").replace(/\s+/g, " ").slice(0, 80);
  held.set(conversation.id, conversation);
  if (!database || !conversation.messages.length) return;
  try {
    await done(store("readwrite").put(conversation));
    channel?.postMessage(conversation.id);
  } catch {
    kept = false;
  }
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
