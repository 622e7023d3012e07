// The server's verbs. Slow ones go through Gradio's queue and stream their events; quick ones are
// one request. All addresses are relative, so the page also works under a path of a proxy.

import { randomId } from "./dom.js";

const API = "gradio_api";

export class ServerError extends Error {
  constructor(message, { gone = false, login = false, offline = false, unreadable = false, busy = false } = {}) {
    super(message);
    Object.assign(this, { gone, login, offline, unreadable, busy });
  }
}

async function send(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServerError("", { offline: true });
  }
  if (response.status === 401) throw new ServerError("", { login: true });
  return response;
}

const json = (body) => ({ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

function failure(payload, status) {
  const message = String(payload?.error ?? payload?.detail?.error ?? payload?.detail ?? payload ?? "") || `HTTP ${status}`;
  return new ServerError(message.replace(/^not-found: /, ""), { gone: message.startsWith("not-found: "), busy: status === 429 });
}

export async function call(name, ...data) {
  const response = await send(`${API}/run/${name}`, json({ data }));
  const payload = await response.json().catch(() => null);
  if (!response.ok) throw failure(payload, response.status);
  return payload.data[0];
}

export async function status() {
  const response = await send("rag/status");
  if (!response.ok) throw failure(await response.json().catch(() => null), response.status);
  return response.json();
}

// Queued call: onevent gets {place: n} while others are before us, then what the endpoint yields.
// Returns the last event. Aborting the signal closes the stream, and the server lets go.
export async function stream(name, data, { onevent = () => {}, signal } = {}) {
  const session = randomId() + randomId(); // whoever knows it may listen
  const joined = await send(`${API}/call/${name}`, { ...json({ data, session_hash: session }), signal });
  if (!joined.ok) throw failure(await joined.json().catch(() => null), joined.status);
  const response = await send(`${API}/queue/data?session_hash=${session}`, { signal });
  if (!response.ok) throw failure(await response.json().catch(() => null), response.status);
  let last;
  for await (const message of messages(response.body)) {
    if (message.msg === "estimation") onevent({ place: message.rank });
    else if (message.msg === "process_generating") {
      if (!message.success) throw failure(message.output, 500);
      last = message.output.data[0];
      onevent(last);
    } else if (message.msg === "process_completed") {
      if (!message.success) throw failure(message.output, 500);
      return last ?? message.output.data[0]; // what yields nothing returns once
    } else if (message.msg === "unexpected_error") throw failure(message.message, 500);
  }
  throw new ServerError("", { offline: true });
}

async function* messages(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    let part;
    try {
      part = await reader.read();
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new ServerError("", { offline: true });
    }
    if (part.done) return;
    const blocks = (rest + part.value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      if (block.startsWith("data: ")) yield JSON.parse(block.slice(6));
    }
  }
}

// XMLHttpRequest, for fetch tells nothing of how much was sent. batch: the same for files that were
// chosen together, of which none replaces another.
export function upload(file, name, batch, onprogress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", `rag/upload?${new URLSearchParams({ name, batch })}`);
    request.upload.onprogress = (event) => event.lengthComputable && onprogress(event.loaded / event.total);
    request.onerror = async () => {
      // The browser does not say whether the file or the server was out of reach.
      const readable = await file.slice(0, 1).arrayBuffer().then(() => true, () => false);
      reject(new ServerError("", readable ? { offline: true } : { unreadable: true }));
    };
    request.onload = () => {
      let payload = null;
      try { payload = JSON.parse(request.responseText); } catch { /* told below */ }
      if (request.status === 200) resolve(payload);
      else reject(request.status === 401 ? new ServerError("", { login: true }) : failure(payload, request.status));
    };
    request.send(file);
  });
}

export async function login(username, password) {
  const response = await fetch("login", { method: "POST", body: new URLSearchParams({ username, password }), credentials: "same-origin" });
  return { ok: response.ok, wait: Number(response.headers.get("retry-after") ?? 0) };
}
