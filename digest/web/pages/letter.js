// The frame a letter is shown in, and the controls for how it looks. Used by the inbox and the preview.

const CHOICES = {
  width: { legend: "Width", values: { 375: "375", 600: "600", 800: "800", full: "Full" }, first: "full" },
  scheme: { legend: "Colour scheme", values: { light: "Light", dark: "Dark" }, first: "light" },
  images: { legend: "Images", values: { own: "Own images", all: "All images", none: "No images" }, first: "own" },
  styles: { legend: "Styles", values: { on: "Styles", off: "Inline only" }, first: "on" },
};

export class LetterFrame {
  // `address` gives the letter's URL for a look; `shown` is called with the frame when it has loaded.
  constructor({ controls, stage, title, first = {}, shown = () => {} }) {
    this.stage = stage;
    this.title = title;
    this.shown = shown;
    this.address = null;
    this.look = {};
    for (const [name, choice] of Object.entries(CHOICES)) {
      this.look[name] = first[name] ?? choice.first;
      controls.append(this.fieldset(name, choice));
    }
  }

  fieldset(name, { legend, values }) {
    const set = document.createElement("fieldset");
    set.className = "choices";
    const label = document.createElement("legend");
    label.textContent = legend;
    set.append(label);
    for (const [value, words] of Object.entries(values)) {
      const option = document.createElement("label");
      const radio = document.createElement("input");
      radio.type = "radio";
      radio.name = `look-${name}`;
      radio.value = value;
      radio.checked = this.look[name] === value;
      radio.addEventListener("change", () => this.choose(name, value));
      const text = document.createElement("span");
      text.textContent = words;
      if (name === "width" && value !== "full") radio.setAttribute("aria-label", `${value} pixels`);
      option.append(radio, text);
      set.append(option);
    }
    return set;
  }

  choose(name, value) {
    this.look[name] = value;
    for (const radio of document.getElementsByName(`look-${name}`)) radio.checked = radio.value === value;
    if (name === "width") this.fit();
    else this.load();
  }

  next(name) {
    const values = Object.keys(CHOICES[name].values);
    this.choose(name, values[(values.indexOf(this.look[name]) + 1) % values.length]);
  }

  show(address) {
    this.address = address;
    this.load();
  }

  // A new frame for each letter: changing the address of an old one would fill the browser's history.
  load() {
    if (!this.address) return;
    const frame = document.createElement("iframe");
    frame.title = this.title;
    frame.setAttribute("sandbox", "allow-popups allow-popups-to-escape-sandbox allow-same-origin");
    frame.classList.toggle("dark", this.look.scheme === "dark");
    const { scheme, images, styles } = this.look;
    frame.src = this.address(new URLSearchParams({ scheme, images, styles }));
    frame.addEventListener("load", () => {
      frame.dataset.loaded = "yes";
      this.shown(frame);
    });
    this.frame = frame;
    this.stage.replaceChildren(frame);
    this.fit();
  }

  fit() {
    if (!this.frame) return;
    const { width } = this.look;
    this.stage.classList.toggle("full", width === "full");
    this.frame.style.width = width === "full" ? "100%" : `${width}px`;
  }
}

// Tabs as in the ARIA authoring practices: arrow keys move, the chosen one is in the tab order.
export class Tabs {
  constructor(list, chosen = () => {}) {
    this.tabs = [...list.querySelectorAll('[role="tab"]')];
    this.chosen = chosen;
    for (const tab of this.tabs) tab.addEventListener("click", () => this.choose(tab.id));
    list.addEventListener("keydown", (event) => {
      const usable = this.tabs.filter((tab) => !tab.disabled);
      const at = usable.indexOf(document.activeElement);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: usable.length - 1 }[event.key];
      if (to === undefined || at < 0) return;
      event.preventDefault();
      const tab = usable[(to + usable.length) % usable.length];
      this.choose(tab.id);
      tab.focus();
    });
    this.choose(this.tabs[0].id);
  }

  choose(id) {
    this.current = id;
    for (const tab of this.tabs) {
      const selected = tab.id === id;
      tab.setAttribute("aria-selected", selected);
      tab.tabIndex = selected ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !selected;
    }
    this.chosen(id);
  }

  number(count) {
    const tab = this.tabs[count - 1];
    if (tab && !tab.disabled) this.choose(tab.id);
  }
}

export function bytes(count) {
  if (count < 1000) return `${count} bytes`;
  if (count < 1000000) return `${(count / 1024).toFixed(1)} KB`;
  return `${(count / 1048576).toFixed(1)} MB`;
}

export function remark({ level, rule, text, where, hint }) {
  const box = document.createElement("div");
  box.className = `remark ${level}`;
  const first = document.createElement("p");
  const name = document.createElement("b");
  name.textContent = level === "fine" ? text : `${level === "error" ? "Error" : "Warning"}${rule ? ` ${rule}` : ""}: `;
  first.append(name, level === "fine" ? "" : text);
  box.append(first);
  if (hint) {
    const advice = document.createElement("p");
    advice.textContent = hint;
    box.append(advice);
  }
  if (where) {
    const place = document.createElement("p");
    place.className = "where";
    place.textContent = where;
    box.append(place);
  }
  return box;
}

// Keeps listening; `seen` gets each event, `connected` whether the other end is there.
export function listen(seen, connected) {
  const source = new EventSource("/api/events");
  source.addEventListener("open", () => connected(true));
  source.addEventListener("message", (event) => seen(JSON.parse(event.data)));
  source.addEventListener("error", () => connected(false));
}

export function keys(actions) {
  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest("input:not([type=radio]), select, textarea, dialog");
    if (event.ctrlKey || event.metaKey || event.altKey || (writing && event.key !== "Escape")) return;
    const action = actions[event.key] ?? (/^[1-9]$/.test(event.key) ? actions.digit : undefined);
    if (!action) return;
    event.preventDefault();
    action(event);
  });
}
