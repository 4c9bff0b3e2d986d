const ATTRIBUTES = ["aria-label", "title", "placeholder"];
const OURS = '[data-testid="stHtml"], [data-testid="stMarkdownContainer"], [data-testid="stBidiComponentRegular"]';
const TEXTS = ["InputInstructions", "stFileUploaderDropzone", "stFileUploaderDropzoneInstructions", "stMultiSelectDropdown",
  "stSelectboxVirtualDropdown", "stDateInput", "stSkipToContent"].map((id) => `[data-testid="${id}"]`).join();
const CHIP = '[class*="st-key-chip-"]';
const here = (window.setuManners ??= { given: new WeakMap(), opened: null, from: null, top: 0, data: null });

function translated(said) {
  const { names, patterns, today, language } = here.data;
  if (Object.hasOwn(names, said)) return names[said];
  const day = said.match(/^(Today, )?[A-Z][a-z]+day, ([A-Z][a-z]+ \d{1,2}, \d{4})( selected)?$/);
  if (day) {
    const date = new Date(day[2]);
    if (!isNaN(date)) return (day[1] ? today + " · " : "") + new Intl.DateTimeFormat(language, { dateStyle: "full" }).format(date);
  }
  for (const [before, after, ours] of patterns) {
    if (said.length > before.length + after.length && said.startsWith(before) && said.endsWith(after)) {
      return ours.replace("{}", () => said.slice(before.length, said.length - after.length));
    }
  }
  const colon = said.indexOf(": ");  // as in "Fullscreen: the name of the picture"
  return colon > 0 && Object.hasOwn(names, said.slice(0, colon)) ? names[said.slice(0, colon)] + said.slice(colon) : said;
}

function put(node, what, now, set) {
  const kept = here.given.get(node) ?? {};
  const said = kept[what] && kept[what].ours === now ? kept[what].said : now;
  const ours = here.data.language === "en" ? said : translated(said);
  if (ours !== said || kept[what]) {
    kept[what] = { said, ours };
    here.given.set(node, kept);
  }
  if (ours !== now) set(ours);
}

function rename(root) {
  const elements = [root, ...root.querySelectorAll("[aria-label], [title], [placeholder]")];
  for (const element of elements) {
    if (element.closest(OURS)) continue;
    for (const name of ATTRIBUTES) {
      const now = element.getAttribute?.(name);
      if (now) put(element, name, now, (ours) => element.setAttribute(name, ours));
    }
  }
  const inside = root.closest(TEXTS) ? [root] : [...root.querySelectorAll(TEXTS)];
  for (const box of inside) {
    const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode;
      put(text, "text", text.data, (ours) => { text.data = ours; });
    }
  }
}

const lost = () => !document.activeElement || document.activeElement === document.body;

// Lead the focus to what `find` finds once it is there. Streamlit replaces elements while it draws, and what is replaced loses the focus:
// it is led there again until the page has been still for half a second, or a person has gone elsewhere with it.
function lead(find, arrived = () => {}) {
  const turn = (here.turn = (here.turn ?? 0) + 1);
  let led = false, calm = 0, left = 100;
  const look = () => {
    if (turn !== here.turn || left-- === 0) return;
    const target = find();
    if (target && (!led || lost())) {
      target.focus({ preventScroll: true });
      arrived(target);
      led = true;
    } else if (led && target && document.activeElement !== target) return;
    const still = document.querySelector('[data-test-script-state="notRunning"]') !== null;
    calm = still && target && document.activeElement === target ? calm + 1 : 0;
    if (calm < 5) setTimeout(look, 100);
  };
  setTimeout(look, 100);
}

function follow(opened) {
  const before = here.opened;
  here.opened = opened;
  if (before === null || before === opened) return;
  const span = (text) => text.split(".").slice(0, 4).join(".");
  const title = () => {
    const found = document.querySelector(".st-key-source .setu-title");
    if (found) found.tabIndex = -1;
    return found;
  };
  if (opened && span(before) !== span(opened)) {
    lead(title, (shown) => { if (window.innerWidth <= 900) document.querySelector(".st-key-source").scrollIntoView(); });
    if (window.innerWidth > 900) stay(opened, title);
  } else if (!opened && here.from) {
    const opener = here.from;
    lead(() => (document.querySelector(".st-key-source") ? null : opener()),
      (chip) => chip.scrollIntoView({ block: "nearest" }));
  } else if (opened) {
    // A button that turns the page is disabled at the last one, and what is disabled loses the focus.
    setTimeout(() => { if (lost()) title()?.focus(); }, 600);
  }
}

// A chip inside a table or letter presses the button that opens the same source, which may be folded away.
function press(cite) {
  const named = `[data-chip="${CSS.escape(cite.dataset.chip)}"]`;
  document.querySelector(`.st-key-${CSS.escape(cite.dataset.chip)} button`)?.click();
  const at = [...document.querySelectorAll(named)].indexOf(cite);
  from(() => document.querySelectorAll(named)[at]);
}

// Remember what a source is opened from, and where on the screen that stands; what was still to get the focus back no longer does.
function from(find) {
  here.turn = (here.turn ?? 0) + 1;
  here.from = find;
  here.top = find()?.getBoundingClientRect().top ?? 0;
}

async function copy(button) {
  const said = button.parentElement.querySelector('[role="status"]');
  const old = () => {
    const put = (event) => {
      event.clipboardData.setData("text/plain", button.dataset.copy);
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener("copy", put, true);
    try { return document.execCommand("copy"); } finally { document.removeEventListener("copy", put, true); }
  };
  let done = false;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);  // there on https and on this machine only
    done = true;
  } catch (reason) {
    done = old();
  }
  said.textContent = done ? button.dataset.copied : button.dataset.failed;
}

// Do something again and again until all is drawn and it was done for three seconds, for a busy machine draws late, or a person goes
// elsewhere. ``step`` says whether it could.
function hold(mark, step) {
  here.held = mark;
  let calm = 0, left = 1500;
  const look = () => {
    if (here.held !== mark || left-- === 0) return;
    const done = step();
    const still = document.querySelector('[data-test-script-state="notRunning"]') !== null;
    calm = still && done ? calm + 1 : 0;
    if (calm < 38) setTimeout(look, 80);
  };
  look();
}

// Move the page so that something stands as far below its top as is said.
function place(shown, wanted) {
  const main = shown?.closest(".stMain");
  const above = main ? shown.getBoundingClientRect().top - wanted(main) : 0;
  if (Math.abs(above) > 1) main.scrollTop += above;
  return Boolean(main);
}

// Lead the eye to a question that was just asked, or to the last one of a conversation that was just opened: its answer is read from the
// top. While the answer grows the question is held there.
function raise() {
  const asked = [...document.querySelectorAll("[data-fresh]")].pop();
  if (!asked || asked.dataset.fresh === here.raised) return;
  const mark = (here.raised = asked.dataset.fresh);
  const top = (main) => main.getBoundingClientRect().top + (document.querySelector('[data-testid="stHeader"]')?.offsetHeight ?? 0);
  hold(mark, () => place(document.querySelector(`[data-fresh="${CSS.escape(mark)}"]`), top));
}

// A source that opens makes the answer narrower and so longer: what was pressed stays where it was, unless the source would begin above
// the page, as it can where the answer ends.
function stay(opened, title) {
  hold(opened, () => {
    const drawn = title();
    if (!drawn) return false;
    if (here.from) place(here.from(), () => here.top);
    drawn.scrollIntoView({ block: "nearest" });
    return true;
  });
}

function begin() {
  for (const leaving of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    document.addEventListener(leaving, () => { here.held = null; }, { capture: true, passive: true });
  }
  document.addEventListener("click", (event) => {
    const chip = event.target.closest?.(CHIP);
    const name = chip && [...chip.classList].find((one) => one.startsWith("st-key-chip-"));
    if (chip) from(() => document.querySelector(`.${CSS.escape(name)} button`));
    const cite = event.target.closest?.("[data-chip]");
    if (cite) press(cite);
    const copied = event.target.closest?.("[data-copy]");
    if (copied) copy(copied);
  }, true);
  document.addEventListener("keydown", () => {
    const frames = [...document.querySelectorAll('[data-testid="stFullScreenFrame"]')];
    here.full = frames.some((frame) => getComputedStyle(frame).position === "fixed");
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !here.opened) return;
    if (here.full) return;  // this Esc leaves the picture at full size, not the source
    if (event.target.closest?.('input, textarea, [role="dialog"], [role="listbox"], [data-testid="stPopoverBody"]')) return;
    if (document.querySelector('[role="dialog"], [role="listbox"], [data-testid="stPopoverBody"]')) return;
    document.querySelector(".st-key-close button")?.click();
  });
  new MutationObserver((changes) => {
    const touched = new Set();
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach((node) => node.nodeType === 1 && touched.add(node));
      else if (change.type === "characterData") change.target.parentElement && touched.add(change.target.parentElement);
      else touched.add(change.target);
    }
    touched.forEach((node) => node.isConnected && rename(node));
    raise();
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES });
}

export default function ({ data }) {
  const first = here.data === null;
  here.data = data;
  document.documentElement.lang = data.language;
  if (data.chosen) document.cookie = `${data.cookie}=${data.chosen}; path=/; max-age=31536000; samesite=lax`;
  if (first) begin();
  rename(document.body);
  raise();
  follow(data.opened);
}
