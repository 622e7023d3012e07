// What the reader may choose: which documents may answer, and the settings of the page.

import { h, icon, replace } from "./dom.js";
import { told } from "./faults.js";
import * as server from "./server.js";

export function scopeLine(scope, t) {
  if (!scope) return t.scopeAll;
  return [scope.documents?.length ? (scope.documents.length === 1 ? scope.documents[0].title : t.scopeSome(scope.documents.length)) : null,
    scope.from && t.scopeFrom(scope.from), scope.to && t.scopeTo(scope.to)].filter(Boolean).join(" · ") || t.scopeAll;
}

export function scopeDialog(scope, t, onchoose) {
  const chosen = new Map((scope?.documents ?? []).map((d) => [d.id, d]));
  const from = h("input", { type: "date", "aria-label": t.from });
  const to = h("input", { type: "date", "aria-label": t.to });
  from.value = scope?.from ?? "";
  to.value = scope?.to ?? "";
  const filter = h("input", { type: "search", placeholder: t.filter, "aria-label": t.filter });
  const list = h("div.pick-list", { role: "group", "aria-label": t.scopeDocuments });
  const dates = h("p.told.error", { role: "alert", hidden: true });
  const gone = h("p.told.gone", { role: "status", hidden: true });
  let wait;
  // Documents that the index has no more are no choice any longer.
  async function check() {
    const lost = chosen.size ? await server.call("missing", [...chosen.keys()]).catch(() => []) : [];
    if (!lost.length) return;
    gone.hidden = false;
    replace(gone, icon("warn"), h("span.foreign", null, t.scopeGone(lost.map((id) => chosen.get(id).title).slice(0, 5).join(" · "))));
    for (const id of lost) chosen.delete(id);
  }
  async function show() {
    let page;
    try {
      page = await server.call("documents", filter.value, 0, 100, "title");
    } catch (error) {
      replace(list, h("p.told", null, error.offline ? t.offline : told(error.message, t)));
      return;
    }
    replace(list, page.rows.map((row) => {
      const box = h("input", { type: "checkbox", checked: chosen.has(row.id), onchange: () => (box.checked ? chosen.set(row.id, { id: row.id, title: row.title || row.source }) : chosen.delete(row.id)) });
      return h("label.pick", null, box, h("span.foreign.pick-title", null, row.title || row.source), h("span.foreign.pick-meta", null, row.published || ""));
    }), !page.rows.length && h("p.told", null, t.noDocumentMatch), page.matching > page.rows.length && h("p.told", null, t.shown(page.rows.length, page.matching)));
  }
  filter.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(show, 180); });
  const finish = (value) => { onchoose(value); dialog.close(); };
  const dialog = h("dialog.dialog.wide", { "aria-label": t.scopeTitle, onclose: () => dialog.remove() },
    h("form", { onsubmit: (event) => {
      event.preventDefault();
      dates.hidden = !(from.value && to.value && from.value > to.value);
      if (!dates.hidden) { replace(dates, icon("warn"), h("span", null, t.scopeCrossed)); from.focus(); return; }
      const value = { documents: [...chosen.values()], from: from.value || null, to: to.value || null };
      finish(value.documents.length || value.from || value.to ? value : null);
    } },
    h("h2", null, t.scopeTitle),
    h("fieldset", null, h("legend", null, t.scopeDates), h("div.dates", null, h("label", null, t.from, from), h("label", null, t.to, to)), dates, h("p.small", null, t.scopeUndated)),
    h("fieldset", null, h("legend", null, t.scopeDocuments), gone, filter, list),
    h("div.dialog-actions", null,
      h("button.quiet", { type: "button", onclick: () => finish(null) }, t.scopeReset),
      h("span.grow"),
      h("button.quiet", { type: "button", onclick: () => dialog.close() }, t.cancel),
      h("button.primary", { type: "submit" }, t.apply))));
  document.body.append(dialog);
  dialog.showModal();
  check();
  show();
}

// preferences {answerer, k, theme, language}; change(name, value) applies and keeps one of them.
export function settingsDialog({ words, preferences, status, languages, change, onclear, onleave }) {
  const dialog = h("dialog.dialog", { onclose: () => dialog.remove() });
  const choice = (name, options) => h("div.segmented", { role: "radiogroup" }, options.map(([value, label]) =>
    h("button", { type: "button", role: "radio", "aria-checked": String(preferences[name] === value), onclick: () => { change(name, value); show(); } }, label)));
  function show() {
    const t = words();
    dialog.setAttribute("aria-label", t.settings);
    const shown = h("output", null, String(preferences.k ?? status.k));
    const slider = h("input", { type: "range", min: "1", max: "20", "aria-label": t.passages, oninput: () => { shown.textContent = slider.value; }, onchange: () => change("k", Number(slider.value)) });
    slider.value = preferences.k ?? status.k;
    replace(dialog, h("form", { method: "dialog" },
      h("div.dialog-head", null, h("h2", null, t.settings), h("button.icon-button", { value: "close", "aria-label": t.close, title: t.close }, icon("close"))),
      h("div.setting", null, h("span", null, t.answerer),
        status.llm ? choice("answerer", [["auto", t.answererAuto], ["extractive", t.answererExtractive], ["llm", t.answererLlm(status.llm)]]) : h("span.small", null, t.answererNone)),
      h("div.setting", null, h("span", null, t.passages, h("span.small", null, t.passagesHint)), h("span.slider", null, slider, shown)),
      h("div.setting", null, h("span", null, t.appearance), choice("theme", [["auto", t.themeAuto], ["light", t.themeLight], ["dark", t.themeDark]])),
      h("div.setting", null, h("span", null, t.languageName), choice("language", Object.entries(languages).map(([code, words]) => [code, words.name]))),
      h("div.setting", null, h("span", null, t.keys), h("dl.keys", null, t.keyList.map(([key, does]) => h("div", null, h("dt", null, h("kbd", null, key)), h("dd", null, does))))),
      h("div.setting", null, h("span", null, t.conversations, h("span.small", null, t.privateNote)), h("button.quiet.danger-text", { type: "button", onclick: onclear }, t.clearAll)),
      status.user && h("div.setting", null, h("span.foreign", null, status.user), h("button.quiet", { type: "button", onclick: onleave }, t.logout))));
  }
  show();
  document.body.append(dialog);
  dialog.showModal();
}
