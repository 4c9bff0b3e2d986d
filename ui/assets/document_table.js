// The roles are said again, since the narrow form lays rows out as blocks, which would take them from a screen reader.
export default function ({ parentElement, data, setTriggerValue, setStateValue }) {
  const root = parentElement.querySelector(".list");
  const tree = root.getRootNode();
  const focused = tree.activeElement && tree.activeElement.dataset ? tree.activeElement.dataset.key : undefined;
  const make = (tag, role, text, lang) => {
    const element = document.createElement(tag);
    if (role) element.setAttribute("role", role);
    if (text !== undefined) element.textContent = text;
    if (lang) element.lang = lang;
    return element;
  };
  const table = make("table", "table");
  table.append(make("caption", "", data.caption));
  const head = make("thead", "rowgroup");
  const names = make("tr", "row");
  const ticked = new Set(data.rows.filter((row) => row.ticked).map((row) => row.id));
  const box = (name, on, key, change) => {
    const cell = make("td", "cell");
    cell.className = "tick";
    const input = make("input");
    input.type = "checkbox";
    input.checked = on;
    input.setAttribute("aria-label", name);
    input.dataset.key = key;
    input.onchange = () => { change(input.checked); setStateValue("ticked", [...ticked]); };
    cell.append(input);
    return cell;
  };
  if (data.tick_all) names.append(box(data.tick_all, ticked.size === data.rows.length, "tick-all", (on) => {
    data.rows.forEach((row) => (on ? ticked.add(row.id) : ticked.delete(row.id)));
  }));
  for (const column of data.columns) {
    const cell = make("th", "columnheader");
    cell.scope = "col";
    if (column.sort) {
      cell.setAttribute("aria-sort", column.sort);
      const arrow = column.sort === "ascending" ? " ▲" : column.sort === "descending" ? " ▼" : "";
      const button = make("button", "", column.label);
      if (arrow) { const sign = make("span", "", arrow); sign.setAttribute("aria-hidden", "true"); button.append(sign); }
      button.type = "button";
      button.title = data.sort_by;
      button.dataset.key = "sort-" + column.key;
      button.onclick = () => setTriggerValue("sort", column.key);
      cell.append(button);
    } else {
      cell.textContent = column.label;
    }
    names.append(cell);
  }
  head.append(names);
  const body = make("tbody", "rowgroup");
  for (const row of data.rows) {
    const line = make("tr", "row");
    if (data.tick_all) line.append(box(row.tick, row.ticked, "tick-" + row.id, (on) => {
      if (on) ticked.add(row.id); else ticked.delete(row.id);
    }));
    const first = make("th", "rowheader");
    first.scope = "row";
    const link = make("a", "", row.title, row.lang);
    link.href = row.href;
    link.dataset.key = "row-" + row.id;
    link.onclick = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      setTriggerValue("open", row.id);
    };
    first.append(link, make("div", "", row.file));
    first.lastChild.className = "file";
    if (row.why) { first.append(make("div", "", row.why)); first.lastChild.className = "note"; }
    if (row.note) { first.append(make("div", "", row.note, "en")); first.lastChild.className = "note"; }
    line.append(first);
    row.cells.forEach((text, at) => {
      const cell = make("td", "cell", text);
      cell.dataset.label = data.columns[at + 1].label;
      cell.className = data.columns[at + 1].count ? "count" : data.columns[at + 1].key === "state" ? "state" : "";
      line.append(cell);
    });
    body.append(line);
  }
  table.append(head, body);
  root.replaceChildren(table);
  if (focused) { const again = root.querySelector('[data-key="' + focused + '"]'); if (again) again.focus(); }
}
