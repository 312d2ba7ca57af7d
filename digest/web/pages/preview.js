// The preview page: the letter as it is now, what it was made from, and what is wrong with it.
import { LetterFrame, Tabs, bytes, keys, listen, remark } from "./letter.js";

const $ = (id) => document.getElementById(id);
const state = { as: new URLSearchParams(location.search).get("as") ?? "", version: null, letter: null, scroll: 0, asked: 0 };

const OTHER = "\u0000another"; // no address is written so

const frame = new LetterFrame({
  controls: $("look"), stage: $("stage"), title: "The letter", first: { width: "600" }, shown: settle,
});
const tabs = new Tabs(document.querySelector('[role="tablist"]'));

async function refresh() {
  const asked = ++state.asked;
  const query = new URLSearchParams(state.as ? { as: state.as } : {});
  const answer = await fetch(`/api/preview?${query}`);
  if (!answer.ok) {
    showError({ what: "Digest itself failed: that is a bug. Its terminal shows where." }, state.letter);
    return;
  }
  const built = await answer.json();
  if (asked !== state.asked) return; // another address was chosen meanwhile: its letter is on the way
  state.version = built.version;
  showError(built.error, built.letter);
  $("room").hidden = !built.letter;
  if (built.letter) showLetter(built.letter, built.version);
  document.title = built.error ? "✕ Digest preview" : `${built.letter.subject} · Digest preview`;
}

function showError(error, letter) {
  $("failure").hidden = !error;
  if (!error) return;
  $("failure-where").textContent = error.where ?? "";
  $("failure-what").textContent = error.what;
  $("failure-hint").textContent = error.hint ? `Hint: ${error.hint}` : "";
  $("failure-below").hidden = !letter;
}

function showLetter(letter, version) {
  state.letter = letter;
  state.scroll = frame.frame?.contentWindow?.scrollY ?? 0;
  $("subject").textContent = letter.subject;
  $("preheader").textContent = letter.preheader;
  $("from").textContent = letter.sender ? `From ${letter.sender}` : "";
  $("size").textContent = `${bytes(letter.html_bytes)} HTML, ${bytes(letter.message_bytes)} in all`;
  $("text").textContent = letter.text;
  showSubscribers(letter);
  const as = state.as ? { as: state.as } : {};
  $("download").href = `/letter.eml?${new URLSearchParams(as)}`;
  frame.show((look) => `/letter.html?${look}&${new URLSearchParams({ ...as, version })}`);
  showRemarks(letter.remarks);
  $("sources").replaceChildren(...letter.digests.map((digest) => story(digest, letter.digests.length > 1)));
}

function showSubscribers({ subscriber, subscribers }) {
  const all = [...new Set([subscriber, ...subscribers].filter(Boolean))];
  const options = all.map((address) => new Option(address, address, false, address === subscriber));
  $("as").replaceChildren(...options, new Option("Another address…", OTHER));
}

function showRemarks(remarks) {
  const errors = remarks.filter(({ level }) => level === "error").length;
  const badge = $("remarks-count");
  badge.hidden = remarks.length === 0;
  badge.textContent = remarks.length;
  badge.className = `count ${errors ? "error" : "warning"}`;
  const none = { level: "fine", text: "These checks found nothing to mend." };
  $("remarks").replaceChildren(...(remarks.length ? remarks : [none]).map(remark));
}

// --- where each line comes from

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function story(digest, several) {
  const box = document.createElement("div");
  box.className = "story";
  if (several) box.append(element("h4", digest.headline));
  for (const [name, points] of [["Summary", digest.summary], ["Key points", digest.key_points]]) {
    if (!points.length) continue;
    box.append(element("p", name, "kind"));
    const list = document.createElement("ul");
    list.append(...points.map(line));
    box.append(list);
  }
  return box;
}

function line(point) {
  const item = document.createElement("li");
  item.className = "point";
  const button = element("button", point.text);
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  const source = document.createElement("div");
  source.className = "source";
  source.hidden = true;
  source.append(...point.evidence.map((sentence) => evidence(point, sentence)));
  if (!point.evidence.length) source.append(element("p", "No sentence of the article stands behind this line."));
  const open = () => { closeOthers(button); show(button, source, point.text, true); };
  button.addEventListener("click", () => (button.getAttribute("aria-expanded") === "true" ? show(button, source, point.text, false) : open()));
  item.addEventListener("mouseenter", open);
  button.addEventListener("focus", open);
  item.append(button, source);
  return item;
}

function closeOthers(kept) {
  for (const button of document.querySelectorAll('.point button[aria-expanded="true"]')) {
    if (button === kept) continue;
    button.setAttribute("aria-expanded", "false");
    button.nextElementSibling.hidden = true;
  }
}

function show(button, source, text, shown) {
  button.setAttribute("aria-expanded", shown);
  source.hidden = !shown;
  markInLetter(shown ? text : null);
}

function evidence(point, sentence) {
  const quote = document.createElement("p");
  quote.append(element("span", `Paragraph ${sentence.paragraph} of the article`, "at"));
  quote.append(shortened(sentence.before, -140), element("mark", sentence.text), shortened(sentence.after, 140));
  if (!point.text.includes(sentence.text)) quote.append(element("span", "The line is a shortened form of it.", "edited"));
  return quote;
}

function shortened(text, length) {
  if (text.length <= Math.abs(length)) return text;
  return length < 0 ? `…${text.slice(length)}` : `${text.slice(0, length)}…`;
}

// --- inside the letter: no script runs there, this page reaches in

function blocksOf(text) {
  const plain = (string) => string.replace(/\s+/g, " ").trim();
  const wanted = plain(text);
  const all = [...(frame.frame?.contentDocument?.body?.querySelectorAll("li, p, td, h1, h2, h3, div, span") ?? [])];
  const holding = all.filter((block) => plain(block.textContent).includes(wanted));
  return holding.filter((block) => !holding.some((other) => other !== block && block.contains(other)));
}

function markInLetter(text) {
  const letter = frame.frame?.contentDocument;
  if (!letter) return;
  for (const block of letter.querySelectorAll("[data-marked]")) {
    block.style.outline = block.dataset.marked;
    block.removeAttribute("data-marked");
  }
  if (!text) return;
  const blocks = blocksOf(text);
  for (const block of blocks) {
    block.dataset.marked = block.style.outline;
    block.style.outline = "2px solid #c98a00";
    block.style.outlineOffset = "4px";
  }
  if (blocks[0]) bringIntoFrame(blocks[0]);
}

// Not scrollIntoView: that would scroll this page too, away from the line somebody points at.
function bringIntoFrame(block) {
  const view = frame.frame.contentWindow;
  const { top, bottom } = block.getBoundingClientRect();
  if (top < 0 || bottom > view.innerHeight) view.scrollBy({ top: top - view.innerHeight / 3 });
}

function settle(shown) {
  const letter = shown.contentDocument;
  if (!letter || !state.letter) return;
  shown.contentWindow.scrollTo(0, state.scroll);
  for (const digest of state.letter.digests) {
    for (const point of [...digest.summary, ...digest.key_points]) {
      for (const block of blocksOf(point.text)) {
        const said = point.evidence.map((sentence) => `Paragraph ${sentence.paragraph}: “${sentence.text}”`).join("\n");
        block.title = said || "No sentence of the article stands behind this line.";
      }
    }
  }
}

// --- what people do

$("as").addEventListener("change", () => {
  const chosen = $("as").value === OTHER ? prompt("Show the letter for which address?")?.trim() : $("as").value;
  if (!chosen) { showSubscribers(state.letter); return; }
  state.as = chosen;
  history.replaceState(null, "", `?${new URLSearchParams({ as: state.as })}`);
  refresh();
});
$("keys-button").addEventListener("click", () => $("keys").showModal());
keys({
  w: () => frame.next("width"),
  d: () => frame.next("scheme"),
  i: () => frame.next("images"),
  s: () => frame.next("styles"),
  "?": () => $("keys").showModal(),
  digit: (event) => tabs.number(Number(event.key)),
});
// Only then listen: news of the version that is being shown first would show it again, and close what was opened.
await refresh().finally(() => listen(
  ({ version }) => { if (version !== state.version) refresh(); },
  (there) => {
    $("state").classList.toggle("lost", !there);
    $("state-text").textContent = there ? "watching for changes" : "not running; waiting for it";
  },
));
