// Elements are made here and nowhere else, from text nodes only: no string is ever parsed as HTML,
// so a document's tags, entities and handlers have no way to become more than text.

// Control characters, and those that reorder or hide text, are shown by their code.
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

export function visible(text) {
  return String(text).replace(UNSEEN, (c) => `⟦${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟧`);
}

// h("p.note", {title: "…", onclick: f, dataset: {…}}, child, [children], "text", null)
export function h(tag, props, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "dataset") Object.assign(element.dataset, value);
    else if (key === "class") element.classList.add(...String(value).split(" ").filter(Boolean));
    else if (key in element && typeof value !== "string") element[key] = value;
    else if (key === "value") element.value = value;
    else element.setAttribute(key, value === true ? "" : visible(value));
  }
  append(element, children);
  return element;
}

// Keys that belong to an input method, which composes a word: not meant for the page. Safari sends
// the one that ends the composition after its end, as key 229.
export const composing = (event) => event.isComposing || event.keyCode === 229;

export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : visible(child));
  }
  return element;
}

export function replace(element, ...children) {
  keepingFocus(element, () => { element.replaceChildren(); append(element, children); });
  return element;
}

const CONTROLS = "button, input, select, textarea, summary, a[href], [tabindex]";

// What is drawn anew keeps the focus: on what had it, or else on a like control at its place, so that
// the next key does not begin at the top of the page. Whoever puts an old control among new elements
// does so inside draw(): it is out of its place as soon as it has another parent.
export function keepingFocus(element, draw) {
  const held = document.activeElement;
  if (!element.contains(held)) { draw(); return; }
  const place = [...element.querySelectorAll(CONTROLS)].indexOf(held);
  draw();
  const now = held.isConnected ? held : element.querySelectorAll(CONTROLS)[place];
  if (now?.tagName === held.tagName && now.classList[0] === held.classList[0]) now.focus({ preventScroll: true });
}

const PATHS = {
  plus: "M12 5v14M5 12h14",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4",
  send: "M12 19V6M6 11.5 12 5.5l6 6",
  stop: "M8 8h8v8H8z",
  copy: "M9 9h10v11H9zM5 15V4h10",
  check: "M5 12.5 10 17.5 19 7",
  up: "M7 11v9H4v-9zm0 0 4-7c1.6 0 2.4 1 2.2 2.5L12.7 10h5.4c1.3 0 2.1 1.1 1.8 2.3l-1.6 6c-.3 1-1 1.7-2 1.7H7",
  down: "M7 13V4H4v9zm0 0 4 7c1.6 0 2.4-1 2.2-2.5L12.7 14h5.4c1.3 0 2.1-1.1 1.8-2.3l-1.6-6c-.3-1-1-1.7-2-1.7H7",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1",
  edit: "M4 20h4L19 9l-4-4L4 16zM13.5 6.5l4 4",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13M10.5 11v5.5M13.5 11v5.5",
  close: "M6 6l12 12M18 6 6 18",
  left: "M14.5 6 8.5 12l6 6",
  right: "M9.5 6l6 6-6 6",
  menu: "M4 7h16M4 12h16M4 17h16",
  gear: "M12 15.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM12 3v2.6M12 18.4V21M3 12h2.6M18.4 12H21M5.6 5.6l1.9 1.9M16.5 16.5l1.9 1.9M18.4 5.6l-1.9 1.9M7.5 16.5l-1.9 1.9",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.5V5M12 19v2.5M2.5 12H5M19 12h2.5M5.3 5.3 7 7M17 17l1.7 1.7M18.7 5.3 17 7M7 17l-1.7 1.7",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
  auto: "M12 20a8 8 0 1 0 0-16zM12 20a8 8 0 0 1 0-16",
  funnel: "M4 5.5h16l-6.2 7.3V19l-3.6-1.8v-4.4z",
  page: "M6 3.5h8l4 4V20.5H6zM14 3.5v4h4M9 12h6M9 15.5h6",
  upload: "M12 15.5V4.5M7.5 8.5 12 4l4.5 4.5M4.5 15v4.5h15V15",
  refresh: "M19.5 12a7.5 7.5 0 1 1-2.3-5.4M19.5 3.5v4h-4",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  globe: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17",
  download: "M12 4.5v11M7.5 11.5 12 16l4.5-4.5M4.5 19.5h15",
  warn: "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17h.01",
  none: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4M8.5 8.5l5 5M13.5 8.5l-5 5",
  quote: "M9.5 7C6.5 8 5 10.2 5 13.5V17h5v-5H7.5M18.5 7C15.5 8 14 10.2 14 13.5V17h5v-5h-2.5",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function iconButton(name, label, onclick, extra = {}) {
  return h("button.icon-button", { type: "button", title: label, "aria-label": label, onclick, ...extra }, icon(name));
}

// A short line at the foot of the page; read aloud by screen readers. With an action: "Undo".
let toasts;
export function toast(text, { action, onaction, error = false } = {}) {
  if (!toasts) document.body.append((toasts = h("div.toasts", { role: "status", "aria-live": "polite" })));
  const line = h("div.toast", { class: error ? "error" : "" }, h("span", null, text),
    action && h("button", { type: "button", onclick: () => { line.remove(); onaction(); } }, action));
  toasts.append(line);
  setTimeout(() => line.remove(), action ? 9000 : 4500);
  return line;
}

// Resolves to true when the reader agrees.
export function confirmation({ title, text, agree, cancel, danger = true }) {
  return new Promise((resolve) => {
    const dialog = h("dialog.dialog", { "aria-label": title, onclose: () => { resolve(dialog.returnValue === "yes"); dialog.remove(); } },
      h("form", { method: "dialog" },
        h("h2", null, title), text && h("p", null, text),
        h("div.dialog-actions", null,
          h("button.quiet", { value: "no" }, cancel),
          h(danger ? "button.danger" : "button.primary", { value: "yes", autofocus: true }, agree))));
    document.body.append(dialog);
    dialog.showModal();
  });
}

export function asked({ title, value, agree, cancel }) {
  return new Promise((resolve) => {
    const input = h("input", { type: "text", maxLength: 200, "aria-label": title });
    input.value = value;
    const dialog = h("dialog.dialog", { "aria-label": title, onclose: () => { resolve(dialog.returnValue === "yes" ? input.value.trim() : null); dialog.remove(); } },
      h("form", { method: "dialog" },
        h("h2", null, title), input,
        h("div.dialog-actions", null,
          h("button.quiet", { type: "button", onclick: () => dialog.close("no") }, cancel),
          h("button.primary", { value: "yes" }, agree))));
    document.body.append(dialog);
    dialog.showModal();
    input.select();
  });
}

// Line breaks of a quote closed up for a line of text: no space between Chinese characters.
export const flowing = (text) => text.replace(/([\u2e80-\u9fff\uff00-\uffef\u3000-\u303f])\s*\n\s*(?=[\u2e80-\u9fff\uff00-\uffef])/g, "$1").replace(/\s*\n\s*/g, " ");

export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Clipboard access needs a secure context; plain http from another machine has none.
    const area = h("textarea", { "aria-hidden": "true", class: "visually-hidden" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

export function download(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const anchor = h("a", { href: url, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

export const randomId = () => Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, "0")).join("");
