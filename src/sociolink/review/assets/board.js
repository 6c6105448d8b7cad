// The board of a review: one card, five answers, and how things stand. All text is set as text; only the card is markup,
// and it comes from the library's own renderer, which escapes what is foreign.

const ANSWERS = [
  { verdict: "is", key: "i", label: "Is" },
  { verdict: "is_not", key: "n", label: "Is not" },
  { verdict: "nobody", key: "o", label: "Nobody's" },
  { verdict: "skip", key: "s", label: "Skip" },
];
const SAID = { is: "is", is_not: "is not", nobody: "nobody's", skip: "skipped" };
const SVG = "http://www.w3.org/2000/svg";

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

function bdi(text) {
  return make("bdi", {}, text);
}

function draw(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

// How the interval of the precision narrows: a bar from low to high and a dot for the estimate, at each step.
function drawSteps(steps) {
  const [width, height, left, bottom, top] = [280, 120, 36, 20, 8];
  const lowest = Math.min(...steps.map((step) => step[2]));
  const floor = Math.max(0, Math.floor(lowest * 10) / 10);
  const y = (share) => top + (1 - (share - floor) / (1 - floor || 1)) * (height - top - bottom);
  const x = (place) => left + ((place + 0.5) / steps.length) * (width - left - 4);
  const [judged, value, low, high] = steps[steps.length - 1];
  const percent = (share) => `${(100 * share).toFixed(0)}%`;
  const said = `Precision after ${judged} profiles: ${percent(value)}, between ${percent(low)} and ${percent(high)}`;
  const picture = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": said, class: "sl-steps" });
  for (const share of [floor, 1]) {
    picture.append(draw("line", { x1: left, x2: width, y1: y(share), y2: y(share), class: "sl-rule" }));
    const label = draw("text", { x: left - 5, y: y(share) + 4, "text-anchor": "end" });
    label.textContent = percent(share);
    picture.append(label);
  }
  steps.forEach((step, place) => {
    picture.append(draw("line", { x1: x(place), x2: x(place), y1: y(step[2]), y2: y(step[3]), class: "sl-range" }));
    picture.append(draw("circle", { cx: x(place), cy: y(step[1]), r: 3.5, class: "sl-dot" }));
    if (place === 0 || place === steps.length - 1) {
      const label = draw("text", { x: x(place), y: height - 5, "text-anchor": "middle" });
      label.textContent = String(step[0]);
      picture.append(label);
    }
  });
  return picture;
}

export function mountBoard(root, ask, { keysFrom, downloads }) {
  let state = null;
  let reviewer = null;
  let busy = false;
  let revisit = false;

  const status = make("p", { class: "sl-status", role: "status", "aria-live": "polite" });
  const problem = make("p", { class: "sl-problem", role: "alert" });
  const count = make("span", { class: "sl-count" });
  const bar = make("progress", { "aria-label": "Profiles judged", max: 1, value: 0 });
  const name = make("input", { type: "text", maxlength: 60, autocomplete: "off", spellcheck: "false" });
  const card = make("div", { class: "sl-place" });
  const customers = make("div", { class: "sl-customers", role: "group", "aria-label": "Customers listed" });
  const buttons = make("div", { class: "sl-answers-bar", role: "group", "aria-label": "Answers" });
  const aside = make("aside", { class: "sl-aside", "aria-label": "How things stand" });
  const title = make("h1", {}, "Review");
  const head = make("header", { class: "sl-head" }, title, count, bar, make("label", {}, "Reviewer ", name));
  const middle = make("section", { class: "sl-middle", "aria-label": "Card" }, customers, card,
    make("div", { class: "sl-foot" }, buttons, status, problem));
  const board = make("div", { class: "sl-board" }, head, middle, aside);
  board.dataset.lmSuppressShortcuts = "true";
  board.tabIndex = keysFrom === root ? 0 : -1;
  root.replaceChildren(board);

  async function order(what) {
    if (busy) return;
    busy = true;
    try {
      const next = await ask(reviewer === null ? what : { ...what, reviewer });
      if (next.error) {
        problem.textContent = next.error;
        return;
      }
      problem.textContent = next.note || "";
      const before = state && state.item ? state.item.profile_id : null;
      state = next;
      reviewer = next.reviewer;
      keepFocus(show);
      const isNew = before !== (next.item ? next.item.profile_id : null);
      if (isNew && board.getBoundingClientRect().top < 0) board.scrollIntoView({ block: "start" });
    } catch (error) {
      problem.textContent = `Nothing was saved: ${error.message}`;
    } finally {
      busy = false;
    }
  }

  // Buttons are made anew with each card: the one of the same answer gets the focus again.
  function keepFocus(change) {
    const active = board.getRootNode().activeElement;
    const inside = board.contains(active);
    const verdict = inside ? active.dataset.verdict : undefined;
    change();
    if (!inside || board.contains(active)) return;
    const same = verdict ? board.querySelector(`button[data-verdict="${verdict}"]:enabled`) : null;
    (same || board).focus({ preventScroll: true });
  }

  function judge(verdict) {
    const item = state && state.item;
    if (!item || busy) return;
    if (verdict.startsWith("is") && !item.best) {
      problem.textContent = "No customer is proposed here: say nobody's or skip.";
      return;
    }
    const whose = verdict === "is" ? ` ${item.customer_id}` : verdict === "is_not" ? ` ${item.best}` : "";
    const told = `Saved: ${item.profile_id} ${SAID[verdict]}${whose}.`;
    const customer = verdict === "is" ? item.customer_id : null;
    revisit = false;
    order({ do: "judge", profile_id: item.profile_id, verdict, customer_id: customer }).then(() => {
      if (!problem.textContent) status.textContent = told;
    });
  }

  function undo() {
    order({ do: "undo" }).then(() => {
      if (!problem.textContent && state.item) status.textContent = `Taken back: ${state.item.profile_id}.`;
    });
  }

  function look(profile_id, customer_id) {
    order({ do: "show", profile_id, customer_id });
  }

  function goOn() {
    revisit = false;
    order({ do: "show" });
  }

  function show() {
    count.textContent = `${state.judged} of ${state.total} profiles judged`;
    bar.max = state.total;
    bar.value = state.judged;
    if (document.activeElement !== name) name.value = state.reviewer;
    showItem();
    showAside();
  }

  function showItem() {
    const item = state.item;
    customers.replaceChildren();
    if (!item) {
      card.replaceChildren(...farewell());
      buttons.replaceChildren(undoButton());
      return;
    }
    card.innerHTML = item.card;
    if (item.customers.length > 1) {
      customers.append(make("span", {}, "Customers listed: "), ...item.customers.map(customerButton));
    }
    const answers = ANSWERS.map((one) => {
      const whose = one.verdict === "is" ? item.customer_id : one.verdict === "is_not" ? item.best : null;
      const button = make("button", { type: "button", "aria-keyshortcuts": one.key, "data-verdict": one.verdict });
      button.append(one.label, ...(whose ? [" ", bdi(whose)] : []), " ", make("kbd", {}, one.key));
      button.disabled = one.verdict.startsWith("is") && !item.best;
      button.addEventListener("click", () => judge(one.verdict));
      return button;
    });
    buttons.replaceChildren(...answers, undoButton());
    if (item.verdict) {
      const said = make("p", { class: "sl-said" });
      said.append(`You said: ${SAID[item.verdict]}. Another answer takes its place. `);
      buttons.append(said);
    }
    if (revisit) {
      const on = make("button", { type: "button", "aria-keyshortcuts": "g" }, "Go on ", make("kbd", {}, "g"));
      on.addEventListener("click", goOn);
      buttons.append(on);
    }
  }

  function customerButton(customer, place) {
    const pressed = String(customer === state.item.customer_id);
    const attributes = { type: "button", "aria-pressed": pressed, "aria-keyshortcuts": String(place + 1) };
    const button = make("button", attributes, bdi(customer), " ", make("kbd", {}, String(place + 1)));
    button.addEventListener("click", () => look(state.item.profile_id, customer));
    return button;
  }

  function undoButton() {
    const button = make("button", { type: "button", "aria-keyshortcuts": "u", "data-verdict": "undo" }, "Undo ");
    button.append(make("kbd", {}, "u"));
    button.addEventListener("click", undo);
    return button;
  }

  function farewell() {
    const done = make("h2", {}, "Nothing is left to review");
    const parts = [done, make("p", {}, "Every judgement is in ", make("code", {}, state.file), ".")];
    if (state.advice.length) {
      parts.push(make("p", {}, "What the labels are good for:"));
      parts.push(make("ul", {}, ...state.advice.map((line) => make("li", {}, make("code", {}, line)))));
    }
    return [make("div", { class: "sl-card sl-done" }, ...parts)];
  }

  function showAside() {
    const parts = [make("h2", {}, "What the labels say so far")];
    const shares = state.estimate.shares;
    if (shares.length) {
      const rows = shares.map((share) =>
        make("tr", {}, make("th", { scope: "row", title: share.meaning }, share.name), make("td", {}, share.text),
          make("td", {}, share.interval)));
      const titles = ["", "estimate", "95% interval"].map((text) => make("th", { scope: "col" }, text));
      parts.push(make("table", {}, make("thead", {}, make("tr", {}, ...titles)), make("tbody", {}, ...rows)));
    } else {
      parts.push(make("p", {}, state.is_sample
        ? "Not enough yet."
        : "The most doubtful profiles are no sample: they are good for recalibrate, not for an estimate."));
    }
    if (state.estimate.steps.length) {
      parts.push(make("h3", {}, "The interval of the precision, by profiles judged"), drawSteps(state.estimate.steps));
    }
    parts.push(make("h2", {}, "Reviewers"), make("ul", {}, ...Object.entries(state.judged_by).map(
      ([who, judged]) => make("li", {}, bdi(who), `: ${judged}`))));
    if (state.disagreements.length) {
      parts.push(make("h2", {}, `Disagreements (${state.disagreements.length})`), make("ul", { class: "sl-clashes" },
        ...state.disagreements.map(disagreement)));
    }
    if (downloads.length) {
      parts.push(make("h2", {}, "Export"), make("p", {}, ...downloads.flatMap(([href, label]) =>
        [make("a", { href, download: href }, label), " "])));
    }
    aside.replaceChildren(...parts);
  }

  function disagreement(one) {
    const again = make("button", { type: "button" }, "Look again at ", bdi(one.profile_id));
    again.addEventListener("click", () => {
      revisit = true;
      look(one.profile_id, null);
    });
    const said = one.said.map((each) => `${each.reviewer}: ${SAID[each.verdict]} ${each.customer_id || ""}`.trim());
    return make("li", {}, again, " ", bdi(said.join("; ")));
  }

  keysFrom.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.target === name) return;
    const answer = ANSWERS.find((one) => one.key === event.key);
    const listed = state && state.item ? state.item.customers[Number(event.key) - 1] : undefined;
    if (answer) judge(answer.verdict);
    else if (event.key === "u") undo();
    else if (event.key === "g" && revisit) goOn();
    else if (/^[1-9]$/.test(event.key) && listed) look(state.item.profile_id, listed);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  name.addEventListener("change", () => {
    const before = reviewer;
    reviewer = name.value;
    order({ do: "show" }).then(() => {
      if (problem.textContent) {
        reviewer = before;
        name.value = before;
      }
    });
  });
  order({ do: "show" });
}
