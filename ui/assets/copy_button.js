// The asynchronous clipboard exists on https and on this machine only; elsewhere the older way is taken, and where that is refused the text
// is there to be copied by hand.
export default function ({ parentElement, data }) {
  const button = parentElement.querySelector("button");
  const said = parentElement.querySelector("span");
  const box = parentElement.querySelector("textarea");
  button.textContent = data.label;
  box.setAttribute("aria-label", data.label);
  const old = () => {
    const put = (event) => {
      event.clipboardData.setData("text/plain", data.text);
      event.clipboardData.setData("text/html", data.html);
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener("copy", put, true);
    try { return document.execCommand("copy"); } finally { document.removeEventListener("copy", put, true); }
  };
  button.onclick = async () => {
    let done = false;
    try {
      const as = (kind, text) => new Blob([text], { type: kind });
      await navigator.clipboard.write([
        new ClipboardItem({ "text/plain": as("text/plain", data.text), "text/html": as("text/html", data.html) }),
      ]);
      done = true;
    } catch (reason) {
      done = old();
    }
    said.textContent = done ? data.copied : data.failed;
    box.hidden = done;
    if (!done) { box.value = data.text; box.focus(); box.select(); }
  };
}
