// The inbox page: a list that fills as mails arrive, and the mail that is open.
import { LetterFrame, Tabs, bytes, keys, listen, remark } from "./letter.js";

const $ = (id) => document.getElementById(id);
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const state = { mails: [], open: null, seen: new Set(), version: null, newest: 0, fetching: false, again: false, list: null };

const letter = new LetterFrame({ controls: $("look"), stage: $("stage"), title: "The mail as HTML" });
const tabs = new Tabs(document.querySelector('[role="tablist"]'), () => fillPanel());

async function ask(path, options) {
  const answer = await fetch(path, options);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

// --- the list

async function refresh() {
  // Hundreds of mails a second may arrive: one question at a time, and one more for whatever came meanwhile.
  if (state.fetching) { state.again = true; return; }
  state.fetching = true;
  try {
    const query = new URLSearchParams({ query: $("query").value, limit: Math.max(100, state.mails.length) });
    showList(await ask(`/api/mails?${query}`));
  } finally {
    state.fetching = false;
    if (state.again) { state.again = false; setTimeout(refresh, 250); }
  }
}

function showList(list) {
  const before = state.newest;
  state.list = list;
  state.mails = list.mails;
  state.newest = Math.max(state.newest, list.mails[0]?.id ?? 0);
  const rows = new Map([...$("mails").children].map((row) => [row.dataset.id, row]));
  $("mails").replaceChildren(...list.mails.map((mail) => rows.get(String(mail.id)) ?? row(mail, before > 0 && mail.id > before)));
  $("counts").textContent = counted(list);
  $("clear").disabled = list.kept === 0;
  $("older").hidden = !list.more;
  $("room").classList.toggle("none", list.kept === 0);
  document.title = list.kept ? `(${list.kept}) Digest inbox` : "Digest inbox";
  mark();
  if (state.open && !list.mails.some((mail) => mail.id === state.open.id) && !$("query").value && !list.more) close();
  if (!state.open && !location.hash && list.mails.length && matchMedia("(min-width: 821px)").matches) open(list.mails[0].id);
}

function counted({ received, kept, matching }) {
  if ($("query").value) return `${matching} of ${kept} match`;
  if (!received) return "No mail yet";
  const mails = `${received.toLocaleString()} ${received === 1 ? "mail" : "mails"} received`;
  return kept < received ? `${mails}, ${kept.toLocaleString()} kept` : mails;
}

function row(mail, arrived) {
  const item = document.createElement("li");
  item.dataset.id = mail.id;
  item.classList.toggle("arrived", arrived);
  item.classList.toggle("new", !state.seen.has(mail.id));
  const link = document.createElement("a");
  link.href = `#${mail.id}`;
  const at = element("time", clock.format(new Date(mail.at)));
  at.dateTime = mail.at;
  link.append(
    element("span", mail.to || mail.envelope.recipients.join(", ") || "no recipient", "who"), at,
    element("span", mail.subject || "(no subject)", "what"),
    element("span", `from ${mail.from || mail.envelope.sender || "nobody"}`, "from"),
  );
  item.append(link);
  return item;
}

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function mark() {
  for (const item of $("mails").children) {
    const current = state.open && item.dataset.id === String(state.open.id);
    if (current) item.firstElementChild.setAttribute("aria-current", "true");
    else item.firstElementChild.removeAttribute("aria-current");
    if (state.seen.has(Number(item.dataset.id))) item.classList.remove("new");
  }
}

// --- the mail that is open

async function open(id) {
  let mail;
  try {
    mail = await ask(`/api/mails/${id}`);
  } catch {
    close();
    return;
  }
  state.open = mail;
  state.filled = new Set();
  state.seen.add(mail.id);
  $("room").classList.add("open");
  $("empty").hidden = true;
  $("opened").hidden = false;
  $("subject").textContent = mail.subject || "(no subject)";
  $("from").textContent = mail.from || "nobody";
  $("to").textContent = mail.to || "nobody";
  $("envelope").textContent = `${mail.envelope.sender || "<>"} → ${mail.envelope.recipients.join(", ")}`;
  $("received").textContent = `${day.format(new Date(mail.at))}, ${bytes(mail.size)}`;
  $("download").href = `/mails/${mail.id}/mail.eml`;
  $("tab-html").disabled = !mail.has_html;
  $("tab-text").disabled = mail.text === null;
  $("checks-count").hidden = true;
  mark();
  const chosen = $(tabs.current);
  tabs.choose(chosen.disabled ? (mail.has_html ? "tab-html" : mail.text === null ? "tab-source" : "tab-text") : tabs.current);
  if (mail.checks) countChecks(mail.checks);
}

function close() {
  state.open = null;
  $("room").classList.remove("open");
  $("opened").hidden = true;
  $("empty").hidden = false;
  if (location.hash) history.replaceState(null, "", location.pathname);
  mark();
}

async function fillPanel() {
  const mail = state.open;
  if (!mail || state.filled.has(tabs.current)) return;
  state.filled.add(tabs.current);
  const fill = {
    "tab-html": () => letter.show((look) => `/mails/${mail.id}/html?${look}`),
    "tab-text": () => { $("text").textContent = mail.text; },
    "tab-headers": () => $("headers").replaceChildren(...mail.headers.map(headerRow)),
    "tab-parts": () => $("parts").replaceChildren(...mail.parts.map((part) => partRow(mail, part))),
    "tab-source": async () => { $("source").textContent = await (await fetch(`/mails/${mail.id}/source`)).text(); },
    "tab-checks": () => showChecks(mail),
  }[tabs.current];
  await fill();
}

function headerRow({ name, value }) {
  const line = document.createElement("tr");
  const head = element("th", name);
  head.scope = "row";
  line.append(head, element("td", value));
  return line;
}

function partRow(mail, part) {
  const item = document.createElement("li");
  item.style.paddingLeft = `${part.depth * 22}px`;
  item.append(element("span", part.media_type, "type"));
  const about = [part.filename, part.charset, part.encoding, part.content_id && `cid:${part.content_id}`, part.disposition];
  item.append(element("span", [...about, part.container ? "" : bytes(part.size)].filter(Boolean).join(" · "), "about"));
  if (!part.container) {
    const link = element("a", "Open");
    link.href = `/mails/${mail.id}/parts/${part.number}`;
    link.target = "_blank";
    link.setAttribute("aria-label", `Open part ${part.number}, ${part.media_type}`);
    item.append(link);
  }
  return item;
}

function countChecks(checks) {
  const errors = checks.filter((check) => check.level === "error").length;
  const badge = $("checks-count");
  badge.hidden = checks.length === 0;
  badge.textContent = checks.length;
  badge.className = `count ${errors ? "error" : "warning"}`;
}

function showChecks(mail) {
  const checks = mail.checks ?? [];
  const none = { level: "fine", text: "These checks found nothing to mend." };
  $("checks").replaceChildren(...(checks.length ? checks : [none]).map(remark));
}

// --- what people do

function step(by) {
  const at = state.mails.findIndex((mail) => mail.id === state.open?.id);
  const next = state.mails[at < 0 ? 0 : at + by];
  if (!next) return;
  location.hash = next.id;
  $("mails").querySelector(`[data-id="${next.id}"] a`)?.scrollIntoView({ block: "nearest" });
}

async function remove() {
  if (!state.open) return;
  const { id } = state.open;
  const at = state.mails.findIndex((mail) => mail.id === id);
  const next = state.mails[at + 1] ?? state.mails[at - 1];
  await ask(`/api/mails/${id}`, { method: "DELETE" });
  if (next) location.hash = next.id;
  else close();
}

$("find").addEventListener("submit", (event) => event.preventDefault());
let waiting;
$("query").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(refresh, 120); });
$("clear").addEventListener("click", async () => {
  if (!confirm(`Delete all ${state.list.kept} mails?`)) return;
  close();
  await ask("/api/mails", { method: "DELETE" });
});
$("delete").addEventListener("click", remove);
$("back").addEventListener("click", close);
$("older").addEventListener("click", async () => {
  const query = new URLSearchParams({ query: $("query").value, before: state.mails.at(-1).id });
  const older = await ask(`/api/mails?${query}`);
  showList({ ...older, mails: [...state.mails, ...older.mails] });
});
$("keys-button").addEventListener("click", () => $("keys").showModal());
addEventListener("hashchange", () => { const id = Number(location.hash.slice(1)); if (id) open(id); });
keys({
  j: () => step(1),
  k: () => step(-1),
  "/": () => $("query").focus(),
  d: () => letter.next("scheme"),
  w: () => letter.next("width"),
  "#": remove,
  Delete: remove,
  Escape: () => ($("query") === document.activeElement ? $("query").blur() : close()),
  "?": () => $("keys").showModal(),
  digit: (event) => tabs.number(Number(event.key)),
});

const { smtp } = await ask("/api/inbox");
$("smtp").textContent = smtp;
$("smtp-again").textContent = smtp;
$("try").textContent = `digest send article.txt --to subscribers.csv \\\n  --smtp smtp://${smtp}`;
if (Number(location.hash.slice(1))) open(Number(location.hash.slice(1)));
listen(
  ({ version }) => { if (version !== state.version) { state.version = version; refresh(); } },
  (there) => {
    $("state").classList.toggle("lost", !there);
    $("state-text").textContent = there ? "listening" : "not running; waiting for it";
  },
);
await refresh();
