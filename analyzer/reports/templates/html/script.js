// The page says everything without this: it opens what a link points at, prints what is folded, filters the clusters.
"use strict";
const open = (node) => { for (let n = node; n; n = n.parentElement) if (n.tagName === "DETAILS") n.open = true; };
const follow = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target) { open(target); target.scrollIntoView(); }
};
addEventListener("hashchange", follow);
follow();
addEventListener("beforeprint", () => { for (const d of document.querySelectorAll("details")) d.open = true; });
const filter = document.querySelector(".filter");
if (filter) {
  filter.hidden = false;
  const clusters = [...document.querySelectorAll(".cluster")].map((node) => [node, node.textContent.toLowerCase()]);
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/);
    for (const [node, text] of clusters) node.hidden = !words.every((word) => text.includes(word));
  });
}
