// The report's slider and table. Foreign text is set as text only; cards were escaped when the file was made.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const one = (id) => document.getElementById(id);
  const count = (n) => Math.round(n).toLocaleString("en");
  const some = (n) => (n < 100 ? n.toFixed(1) : count(n));
  const share = (p) => (100 * p).toLocaleString("en", { maximumFractionDigits: 1 }) + "%";

  const slider = one("limit");
  const space = "http://www.w3.org/2000/svg";
  const shape = (name, kind, attributes, text) => {
    const made = document.createElementNS(space, name);
    if (kind) made.setAttribute("class", kind);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    if (text !== undefined) made.textContent = text;
    one("reach").append(made);
    return made;
  };
  const most = Math.max(1, ...data.stops.map((stop) => stop[1]));
  const x = (place) => 60 + (500 * place) / Math.max(1, data.stops.length - 1);
  const y = (links) => 180 - (160 * links) / most;
  let here = null;
  if (data.stops.length) {
    shape("path", "axis", { d: "M60 20V180H570" });
    shape("text", "", { x: 54, y: 184, "text-anchor": "end" }, "0");
    shape("text", "", { x: 54, y: 26, "text-anchor": "end" }, count(most));
    shape("text", "", { x: 64, y: 14 }, "links");
    shape("text", "", { x: 315, y: 216, "text-anchor": "middle" }, "share of the links allowed to be false");
    data.stops.forEach((stop, place) => {
      if (place % 2 === 0) shape("text", "", { x: x(place), y: 198, "text-anchor": "middle" }, share(stop[0]));
    });
    shape("path", "line", { d: "M" + data.stops.map((stop, place) => x(place) + " " + y(stop[1])).join("L") });
    data.stops.forEach((stop, place) => shape("circle", "stop", { cx: x(place), cy: y(stop[1]), r: 3 }));
    here = shape("circle", "here", { r: 7 });
  }
  const slide = () => {
    const place = Number(slider.value);
    const stop = data.stops[place];
    if (!stop) return;
    one("limit-share").textContent = share(stop[0]);
    one("limit-links").textContent = count(stop[1]);
    one("limit-review").textContent = count(stop[2]);
    one("limit-none").textContent = count(stop[3]);
    one("limit-false").textContent = some(stop[4]);
    one("limit-least").textContent = stop[5] === null ? "none" : share(stop[5]);
    slider.setAttribute("aria-valuetext", share(stop[0]) + " false at most: " + count(stop[1]) + " links");
    here.setAttribute("cx", x(place));
    here.setAttribute("cy", y(stop[1]));
  };
  slider.addEventListener("input", slide);
  slide();

  const SIZE = 25;
  const body = document.querySelector("#table tbody");
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const searched = data.rows.map((row) => plain([row[0], row[1], row[6]].join(" ")));
  let matching = [];
  let first = 0;

  const cell = (text, kind) => {
    const made = document.createElement("td");
    const apart = document.createElement("bdi");
    apart.textContent = text;
    made.append(apart);
    if (kind) made.className = kind;
    return made;
  };
  const opened = new Map();
  const unpack = (part) => {
    if (!opened.has(part)) {
      const bytes = Uint8Array.from(atob(data.cards[part]), (sign) => sign.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
      opened.set(part, new Response(stream).json());
    }
    return opened.get(part);
  };
  const toggle = async (button, row, place) => {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    button.textContent = open ? "Show" : "Hide";
    if (open) { one("card-" + place).remove(); return; }
    const shown = document.createElement("tr");
    const wide = document.createElement("td");
    shown.className = "open";
    shown.id = "card-" + place;
    wide.colSpan = 7;
    shown.append(wide);
    row.after(shown);
    try {
      wide.innerHTML = (await unpack(Math.floor(place / data.together)))[place % data.together];
    } catch {
      wide.textContent = "This browser is too old to unpack the card. Open the report in a newer one.";
    }
  };
  const draw = () => {
    body.replaceChildren();
    for (const place of matching.slice(first, first + SIZE)) {
      const [profile, customer, chance, nobody, bits, decision] = data.rows[place];
      const row = document.createElement("tr");
      const button = document.createElement("button");
      const last = document.createElement("td");
      button.type = "button";
      button.textContent = "Show";
      button.setAttribute("aria-expanded", "false");
      button.setAttribute("aria-controls", "card-" + place);
      button.setAttribute("aria-label", "Why " + profile);
      button.addEventListener("click", () => toggle(button, row, place));
      last.append(button);
      row.append(cell(profile), cell(customer), cell(chance, "num"), cell(nobody, "num"), cell(bits, "num"), cell(decision), last);
      body.append(row);
    }
    const end = Math.min(first + SIZE, matching.length);
    one("page").textContent = matching.length ? first + 1 + " to " + end + " of " + count(matching.length) : "";
    one("before").disabled = first === 0;
    one("after").disabled = end >= matching.length;
  };
  const search = () => {
    const words = plain(one("words").value).split(/\s+/).filter(Boolean);
    const wanted = one("decision").value;
    matching = [];
    data.rows.forEach((row, place) => {
      if (wanted && row[5] !== wanted) return;
      if (words.every((word) => searched[place].includes(word))) matching.push(place);
    });
    first = 0;
    one("found").textContent = count(matching.length) + (matching.length === 1 ? " profile" : " profiles");
    draw();
  };
  one("words").addEventListener("input", search);
  one("decision").addEventListener("change", search);
  one("search").addEventListener("submit", (event) => event.preventDefault());
  one("before").addEventListener("click", () => { first = Math.max(0, first - SIZE); draw(); });
  one("after").addEventListener("click", () => { first += SIZE; draw(); });
  search();
})();
