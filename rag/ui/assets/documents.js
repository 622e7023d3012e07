// The documents tab: what the index holds, and files on their way into it.

import { confirmation, h, icon, keepingFocus, randomId, replace, toast } from "./dom.js";
import { told } from "./faults.js";
import { number } from "./texts.js";
import * as server from "./server.js";

const PAGE = 100;

// onask(documents): restrict the question to them. onread(row): open one. onchange(): the holdings changed.
export function createDocuments(element, { words, limits, onask, onread, onchange }) {
  const t = () => words();
  const chosen = new Map();
  const jobs = [];
  let page = null;
  let text = "";
  let order = "indexed";
  let size = PAGE;
  let turn = 0;
  let busy = null;
  let typing;

  const parts = {
    toolbar: h("div.toolbar"), drop: h("label.drop"), jobs: h("ol.jobs"), said: h("div.visually-hidden", { role: "status" }), table: h("div.table"),
  };
  const picker = h("input", { type: "file", multiple: true, class: "visually-hidden", onchange: () => { add([...picker.files].map((file) => ({ name: file.name, file }))); picker.value = ""; } });
  const filter = h("input", { type: "search", oninput: () => { clearTimeout(typing); typing = setTimeout(() => { text = filter.value; size = PAGE; load(); }, 180); } });

  for (const kind of ["dragenter", "dragover"]) element.addEventListener(kind, (event) => { event.preventDefault(); element.classList.add("dragging"); });
  element.addEventListener("dragleave", (event) => { if (!element.contains(event.relatedTarget)) element.classList.remove("dragging"); });
  element.addEventListener("drop", (event) => { event.preventDefault(); element.classList.remove("dragging"); dropped(event.dataTransfer); });

  function show() {
    filter.placeholder = t().filter;
    filter.setAttribute("aria-label", t().filter);
    picker.setAttribute("aria-label", t().upload);
    replace(parts.drop, picker, icon("upload"), h("span", null, h("strong", null, t().dropHere), h("span.small", null, t().dropHint(Math.floor((limits().max_bytes ?? 0) / 1048576)))));
    replace(element, h("h1.visually-hidden", null, t().documentsTitle), parts.drop, parts.jobs, parts.said, parts.toolbar, parts.table);
    showToolbar(); showJobs(); showTable();
  }

  async function load() {
    const mine = ++turn;
    let found;
    try {
      found = await server.call("documents", text, 0, Math.min(size, 200), order);
      while (found.rows.length < Math.min(size, found.matching)) {
        const next = await server.call("documents", text, found.rows.length, Math.min(size - found.rows.length, 200), order);
        if (!next.rows.length) break;
        found.rows.push(...next.rows);
      }
    } catch (error) {
      if (mine === turn) replace(parts.table, h("p.told.error", { role: "alert" }, icon("warn"), h("span", null, error.offline ? t().offline : told(error.message, t())), h("button.quiet.small", { type: "button", onclick: load }, t().retry)));
      return;
    }
    if (mine !== turn) return;
    page = found;
    for (const id of [...chosen.keys()]) if (!text && !page.rows.some((row) => row.id === id) && page.rows.length === page.matching) chosen.delete(id);
    showToolbar(); showTable();
  }

  // ---------------------------------------------------------------- toolbar

  function showToolbar() {
    const select = h("select", { "aria-label": t().order, onchange: () => { order = select.value; load(); } },
      [["indexed", t().orderIndexed], ["title", t().orderTitle], ["published", t().orderPublished], ["passages", t().orderPassages]].map(([value, label]) => h("option", { value, selected: value === order }, label)));
    const count = chosen.size;
    keepingFocus(parts.toolbar, () => replace(parts.toolbar,
      h("span.search-box", null, icon("search"), filter), select,
      h("button.quiet", { type: "button", disabled: Boolean(busy), onclick: reindex, title: t().reindexHint }, icon("refresh"), busy ? told(busy, t()) : t().reindex),
      count > 0 && h("span.selection", { role: "status" }, h("strong", null, t().selected(count)),
        h("button.primary", { type: "button", onclick: () => onask([...chosen.values()].map((row) => ({ id: row.id, title: row.title || row.source }))) }, icon("funnel"), t().askThese),
        h("button.quiet.danger-text", { type: "button", onclick: removeChosen }, icon("trash"), t().deleteThese))));
  }

  async function reindex() {
    busy = `${t().reindexing}…`;
    showToolbar();
    try {
      const { done } = await server.stream("reindex", [], { onevent: (event) => { if (event.progress) { busy = event.progress; showToolbar(); } } });
      toast(t().reindexed(done.added, done.updated, done.failed.length));
      for (const { source, reason } of done.failed) jobs.unshift({ name: source, state: "failed", reason });
    } catch (error) {
      toast(error.offline ? t().offline : told(error.message, t()), { error: true });
    }
    busy = null;
    showJobs();
    changed();
  }

  async function removeChosen() {
    const rows = [...chosen.values()];
    const names = rows.slice(0, 5).map((row) => row.title || row.source).join(" · ");
    const sure = await confirmation({ title: t().deleteTitle(rows.length), text: `${names}${rows.length > 5 ? " …" : ""}\n${t().deleteText}`, agree: t().deleteThese, cancel: t().cancel });
    if (!sure) return;
    try {
      const { removed } = await server.stream("remove", [rows.map((row) => row.id)]);
      for (const id of removed) chosen.delete(id);
      toast(t().deleted(removed.length));
    } catch (error) {
      toast(error.offline ? t().offline : told(error.message, t()), { error: true });
    }
    changed();
  }

  function changed() {
    load();
    onchange();
  }

  // ---------------------------------------------------------------- uploads

  // Two files travel at a time; the server indexes one after the other.
  let travelling = 0;
  function add(files) {
    const batch = randomId();
    for (const { name, file } of files) {
      const job = { name: name || t().untitled, file, batch, state: "waiting", share: 0 };
      const most = limits().max_bytes;
      if (!file) Object.assign(job, { state: "failed", reason: t().unreadable });
      else if (most && file.size > most) Object.assign(job, { state: "failed", reason: t().tooLarge(Math.floor(most / 1048576)), file: null });
      jobs.unshift(job);
    }
    showJobs();
    next();
  }

  // A folder is not among the files of what was dropped, but among its entries, which are gone after
  // the first wait.
  async function dropped(transfer) {
    const plain = [...transfer.files].map((file) => ({ name: file.name, file }));
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.some((entry) => entry.isDirectory)) { add(plain); return; }
    const found = (await Promise.all(entries.map(filesOf))).flat();
    if (found.length) add(found); else toast(t().emptyFolder, { error: true });
  }

  async function next() {
    while (travelling < 2) {
      const job = jobs.findLast((one) => one.state === "waiting" && one.file);
      if (!job) return;
      travelling += 1;
      run(job).finally(() => { travelling -= 1; next(); });
    }
  }

  async function run(job) {
    try {
      job.state = "uploading";
      showJobs();
      const { token } = await arrived(job);
      job.file = null;
      job.state = "indexing";
      showJobs();
      const { done } = await server.stream("index_upload", [token], { onevent: (event) => { if (event.progress) { job.line = event.progress; showJobs(); } } });
      Object.assign(job, { state: "done", ...done, name: job.name, kept: done.name });
      changed();
    } catch (error) {
      Object.assign(job, { state: "failed", file: null, reason: error.offline ? t().netDown : error.unreadable ? t().unreadable : error.message || t().failed });
    }
    showJobs();
    // Only the outcome is read aloud: the list is drawn anew at every step of every file.
    parts.said.textContent = `${job.name}: ${stateOf(job)}`;
  }

  // The server takes so many files a minute: of a large folder the rest waits.
  async function arrived(job) {
    for (;;) {
      try {
        return await server.upload(job.file, job.name, job.batch, (share) => { job.share = share; showJobs(); });
      } catch (error) {
        if (!error.busy) throw error;
        await new Promise((resolve) => { setTimeout(resolve, 3000); });
      }
    }
  }

  function notesOf(job) {
    const kept = job.unsure ? t().unsure(job.kept) : job.numbered && !job.replaced && t().numbered(job.kept);
    return [kept, ...job.notes.map((note) => told(note, t()))].filter(Boolean);
  }

  function stateOf(job) {
    if (job.state === "done" && job.replaced) return t().replaced(job.kept, job.passages);
    return {
      waiting: () => t().waiting,
      uploading: () => `${t().uploading} ${Math.round(job.share * 100)}%`,
      indexing: () => (job.line ? `${t().indexing} · ${told(job.line, t())}` : t().indexing),
      failed: () => told(job.reason ?? "", t()),
      done: () => ({ added: t().added(job.passages), updated: t().updated(job.passages), unchanged: t().unchanged })[job.outcome],
    }[job.state]();
  }

  function showJobs() {
    const settled = jobs.some((job) => job.state === "done" || job.state === "failed");
    replace(parts.jobs, jobs.map((job) => {
      return h("li.job", { dataset: { state: job.state } },
        job.state === "done" ? icon("check") : job.state === "failed" ? icon("warn") : h("span.pulse"),
        h("span.job-name.foreign", null, job.name), h("span.job-state.foreign", null, stateOf(job)),
        job.state === "done" && notesOf(job).length > 0 && h("span.job-notes.foreign", null, notesOf(job).join(" · ")),
        (job.state === "uploading" || job.state === "indexing") && h("progress", { max: 1, value: job.state === "uploading" ? job.share : null, "aria-label": job.name }));
    }), settled && h("li.jobs-end", null, h("button.quiet.small", { type: "button", onclick: () => { for (let i = jobs.length - 1; i >= 0; i -= 1) if (["done", "failed"].includes(jobs[i].state)) jobs.splice(i, 1); showJobs(); } }, t().dismiss)));
  }

  // ---------------------------------------------------------------- table

  function showTable() {
    if (!page) { replace(parts.table, h("p.loading", { role: "status" }, h("span.pulse"), `${t().loading}…`)); return; }
    if (!page.total) { replace(parts.table, h("p.told", null, t().noDocuments)); return; }
    if (!page.rows.length) { replace(parts.table, h("p.told", null, t().noDocumentMatch)); return; }
    const every = page.rows.every((row) => chosen.has(row.id));
    const all = h("input", { type: "checkbox", checked: every, "aria-label": t().selectAll, title: t().selectAll, onchange: () => { for (const row of page.rows) if (all.checked) chosen.set(row.id, row); else chosen.delete(row.id); showToolbar(); showTable(); } });
    const titles = new Map(page.rows.map((row) => [row.id, row.title || row.source]));
    replace(parts.table,
      h("table", null,
        h("thead", null, h("tr", null, h("th.pick-cell", { scope: "col" }, all), [t().colTitle, t().colPublished, t().colSource, t().colSize, t().colPassages, t().colEncoding].map((name, i) => h("th", { scope: "col", class: ["", "", "", "num", "num", ""][i] }, name)))),
        h("tbody", null, page.rows.map((row) => tableRow(row, titles)))),
      h("p.table-end", null, h("span", null, t().shown(page.rows.length, page.matching)), page.rows.length < page.matching && h("button.quiet", { type: "button", onclick: () => { size += PAGE; load(); } }, t().showMore)));
  }

  function tableRow(row, titles) {
    const name = row.title || row.source.split("/").pop();
    const box = h("input", { type: "checkbox", checked: chosen.has(row.id), "aria-label": t().select(name), onchange: () => { if (box.checked) chosen.set(row.id, row); else chosen.delete(row.id); line.classList.toggle("chosen", box.checked); showToolbar(); } });
    const line = h("tr", { class: chosen.has(row.id) ? "chosen" : "", dataset: { id: row.id } },
      h("td.pick-cell", null, box),
      h("td.title-cell", null, h("button.title-link.foreign", { type: "button", title: t().readDocument, onclick: (event) => onread(row, event.currentTarget) }, name),
        row.publisher && h("span.small.foreign", null, row.publisher),
        row.duplicate_of && h("span.badge", { title: t().duplicateOf(titles.get(row.duplicate_of) ?? row.duplicate_of) }, t().duplicate)),
      cell(t().colPublished, row.published), cell(t().colSource, row.source, "file-cell"), cell(t().colSize, bytes(row), "num"), cell(t().colPassages, number(row.passages), "num"), cell(t().colEncoding, row.encoding));
    return line;
  }

  const cell = (label, value, kind = "") => h("td", { class: `foreign ${kind} ${value ? "" : "missing"}`, dataset: { label }, title: kind === "file-cell" ? value : null }, value || "–");

  function bytes(row) {
    const size = row.bytes ?? row.characters;
    if (size < 1024) return `${size} B`;
    return size < 1048576 ? `${(size / 1024).toFixed(1)} KB` : `${(size / 1048576).toFixed(1)} MB`;
  }

  return { show, load, add };
}

// The files of an entry, with the names of the folders they lie in; file is null where it cannot be
// read. Hidden ones stay out, as when a folder is indexed.
async function filesOf(entry) {
  const name = entry.fullPath.slice(1);
  if (/^(\.|~\$)/.test(entry.name)) return [];
  if (entry.isFile) return [{ name, file: await new Promise((resolve) => { entry.file(resolve, () => resolve(null)); }) }];
  const reader = entry.createReader();
  const inside = [];
  for (;;) {
    const some = await new Promise((resolve) => { reader.readEntries(resolve, () => resolve([])); });
    if (!some.length) break;
    inside.push(...some);
  }
  inside.sort((a, b) => (a.name < b.name ? -1 : 1));
  return (await Promise.all(inside.map(filesOf))).flat();
}
