export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector("nav");
  const tree = root.getRootNode();
  const focused = tree.activeElement ? tree.activeElement.dataset.start : undefined;
  root.setAttribute("aria-label", data.label);
  const list = document.createElement("ol");
  for (const heading of data.headings) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.text + " ";
    button.lang = heading.lang;
    button.style.paddingLeft = 0.8 + 0.9 * heading.depth + "rem";
    button.dataset.start = heading.start;
    if (heading.start === data.current) button.setAttribute("aria-current", "true");
    const place = document.createElement("small");
    place.textContent = heading.place;
    button.append(place);
    button.onclick = () => setTriggerValue("open", heading.start);
    item.append(button);
    list.append(item);
  }
  root.replaceChildren(list);
  if (focused) { const again = root.querySelector('[data-start="' + focused + '"]'); if (again) again.focus(); }
}
