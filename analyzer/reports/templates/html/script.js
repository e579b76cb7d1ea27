// The page says everything without this: it opens what a link points at, copies, filters, sorts, prints what is folded.
"use strict";
const one = (id) => document.getElementById(id);
const all = (css, from = document) => [...from.querySelectorAll(css)];
const unfold = (node) => { for (let n = node; n; n = n.parentElement) if (n.tagName === "DETAILS") n.open = true; };

// ---- copying: the clipboard where the browser lends it, else the text in a box, selected
const offer = (button, text) => {
  const box = document.createElement("textarea");
  box.className = "copied"; box.readOnly = true; box.value = text; box.rows = Math.min(text.split("\n").length, 12);
  box.setAttribute("aria-label", "Text to copy");
  box.addEventListener("blur", () => box.remove());
  button.after(box); box.focus(); box.select();
  button.textContent = "Press Ctrl+C";
};
const copier = (label, text) => {
  const button = document.createElement("button");
  button.type = "button"; button.className = "copy"; button.textContent = label;
  button.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(text()); button.textContent = "Copied"; } catch { offer(button, text()); }
    setTimeout(() => { button.textContent = label; }, 2000);
  });
  return button;
};
for (const command of all(".command")) command.after(copier("Copy", () => command.textContent));
for (const held of all("template.markdown")) held.after(copier("Copy as Markdown", () => held.content.textContent));

// ---- a cluster as Markdown: what a log said stands in ticks longer than any inside it
const ticks = (text, least) => "`".repeat(Math.max(least, ...(text.match(/`+/g) || []).map((run) => run.length + 1)));
const code = (text) => { const line = text.trim().replace(/\s+/g, " "), t = ticks(line, 1), pad = /^`|`$/.test(line) ? " " : ""; return t + pad + line + pad + t; };
const asMarkdown = (card) => {
  const lines = [`### ${code(card.querySelector(".title").textContent)}`, ""];
  for (const dt of all("dt", card)) {
    const dd = dt.nextElementSibling.cloneNode(true), blocks = all("pre", dd);
    for (const block of blocks) block.remove();
    for (const anchor of all(".anchor", dd)) anchor.replaceWith(...all("code", anchor));
    lines.push(`- ${dt.textContent}: ${code(dd.textContent)}`);
    for (const pre of blocks) {
      const text = pre.classList.contains("excerpt")
        ? all("span, mark", pre).map((row) => `${row.tagName === "MARK" ? ">" : " "} ${row.firstChild.textContent.padStart(5)} | ${row.lastChild === row.firstChild ? "" : row.lastChild.textContent}`).join("\n")
        : pre.textContent;
      lines.push("", ticks(text, 3) + "text", text, ticks(text, 3), "");
    }
  }
  return lines.join("\n");
};
document.addEventListener("toggle", (event) => {
  const card = event.target;
  if (!card.open || !card.classList?.contains("cluster") || card.querySelector(".copy")) return;
  card.querySelector(".body").prepend(copier("Copy as Markdown", () => asMarkdown(card)));
}, true);

// ---- filter and sort of the clusters, kept in the address: #clusters?q=words&sort=count
const list = one("cluster-list"), filter = one("cluster-filter"), sort = one("cluster-sort"), count = one("cluster-count");
const cards = all(".cluster", list).map((node, at) => ({ node, at, keys: node.dataset.sort.split("|"), text: null }));
const order = ["count", "severity", "change", "first", "last", "service"];
const downwards = new Set(["count", "severity", "last"]), numbers = new Set(["count", "severity", "change"]);
let arranged = "";
const arrange = () => {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean), key = sort.value;
  let shown = 0;
  for (const card of cards) {
    if (words.length) card.text ??= card.node.textContent.toLowerCase();
    card.node.hidden = !words.every((word) => card.text.includes(word));
    shown += card.node.hidden ? 0 : 1;
  }
  count.textContent = words.length ? `${shown} of ${cards.length}` : "";
  if (key === arranged) return;
  arranged = key;
  const way = downwards.has(key) ? -1 : 1;
  const compare = (a, b) => numbers.has(key) ? a - b : a < b ? -1 : a > b ? 1 : 0;
  const at = order.indexOf(key), value = (card) => card.keys.slice(at, key === "service" ? undefined : at + 1).join("|");
  list.append(...[...cards].sort((a, b) => (key && way * compare(value(a), value(b))) || a.at - b.at).map((card) => card.node));
};
const remember = () => {
  const state = new URLSearchParams();
  if (filter.value) state.set("q", filter.value);
  if (sort.value) state.set("sort", sort.value);
  history.replaceState(null, "", `#clusters${state.size ? `?${state}` : ""}`);
};
const follow = () => {
  const [id, asked] = location.hash.slice(1).split("?");
  if (filter && asked) {
    const state = new URLSearchParams(asked);
    filter.value = state.get("q") || ""; sort.value = state.get("sort") || "";
    if (sort.selectedIndex < 0) sort.value = "";
    arrange();
  }
  let target = null;
  try { target = id && one(decodeURIComponent(id)); } catch { return; }
  if (!target) return;
  if (target.closest(".cluster[hidden]")) { filter.value = ""; arrange(); }
  unfold(target); target.scrollIntoView();
};
if (filter) {
  one("cluster-tools").hidden = false;
  for (const tool of [filter, sort]) tool.addEventListener("input", () => { arrange(); remember(); });
}
addEventListener("hashchange", follow);
follow();

// ---- keys
addEventListener("keydown", (event) => {
  if (!filter || event.ctrlKey || event.metaKey || event.altKey) return;
  const here = document.activeElement, card = here?.closest?.(".cluster");
  if (event.key === "Escape") {
    if (here === filter) { filter.value = ""; arrange(); remember(); filter.blur(); }
    else if (card) { card.open = false; card.firstElementChild.focus(); }
    return;
  }
  if (here?.matches?.("input, select, textarea")) return;
  if (event.key === "/") { event.preventDefault(); filter.focus(); }
  if (event.key !== "j" && event.key !== "k") return;
  const seen = all(".cluster:not([hidden])", list), at = seen.indexOf(card);
  const next = seen[event.key === "j" ? at + 1 : at < 0 ? 0 : at - 1];
  if (next) next.firstElementChild.focus();
});

addEventListener("beforeprint", () => { for (const folded of all("details")) folded.open = true; });
