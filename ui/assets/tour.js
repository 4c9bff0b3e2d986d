const THERE = [null, '[class*="st-key-chip-"] button', ".st-key-source"];
const MARKED = ['[data-testid="stChatInput"] > div', '[class*="st-key-chip-"] button',
  '[class*="st-key-copy-"], .st-key-talk [data-testid="stPopover"] button'];

export default function ({ parentElement, data }) {
  const at = (window.setuTour ??= { step: 0, open: null, asked: 0, seen: {} });
  const kept = `setu-tour ${data.who}`;
  const section = parentElement.querySelector("section");
  const part = (name) => parentElement.querySelector(`.${name}`);

  const remembered = () => {
    try { return localStorage.getItem(kept) !== null; } catch { return at.ended === kept; }
  };
  const remember = () => {
    at.ended = kept;
    try { localStorage.setItem(kept, "1"); } catch { /* a private window: it comes again */ }
  };
  const mark = (selector) => {
    let style = document.getElementById("setu-tour-mark");
    if (!style) document.head.append(style = Object.assign(document.createElement("style"), { id: "setu-tour-mark" }));
    style.textContent = selector ? `${selector} { outline: 2px dashed var(--setu-accent) !important; outline-offset: 2px; }` : "";
  };
  const draw = () => {
    section.hidden = !at.open;
    mark(at.open ? MARKED[at.step] : "");
    if (!at.open) return;
    const step = data.steps[at.step];
    part("number").textContent = step.number;
    parentElement.querySelector("h2").textContent = step.title;
    part("text").textContent = step.text;
    const last = at.step === data.steps.length - 1;
    Object.assign(part("back"), { textContent: data.back, hidden: at.step === 0 });
    part("next").textContent = last ? data.done : data.next;
    Object.assign(part("skip"), { textContent: data.skip, hidden: last });
  };
  const end = () => {
    at.open = false;
    remember();
    draw();
    document.querySelector('[data-testid="stChatInputTextArea"]')?.focus();
  };
  const go = (step) => {
    if (step >= data.steps.length) return end();
    at.step = Math.max(step, 0);
    draw();
  };

  part("back").onclick = () => { go(at.step - 1); if (at.step === 0) part("next").focus(); };
  part("next").onclick = () => go(at.step + 1);
  part("skip").onclick = end;
  section.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    end();
  };

  if (at.open === null) at.open = !remembered();
  if (data.asked && data.asked !== at.asked) {
    at.asked = data.asked;
    Object.assign(at, { open: true, step: 0 });
    if (window.innerWidth <= 768) document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
    setTimeout(() => section.focus(), 200);
  }
  draw();

  const there = () => THERE.map((selector) => selector !== null && document.querySelector(selector) !== null);
  let before = there();
  const watch = setInterval(() => {
    const now = there();
    const next = at.step + 1;
    if (at.open && now[next] && !before[next]) go(next);
    before = now;
  }, 400);
  return () => { clearInterval(watch); mark(""); };
}
