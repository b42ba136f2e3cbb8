// The counter: draws the whole state at each event, and sends one press at a time.
//
// 1. Every event is the whole state; nothing is remembered beside it. A reconnect is a re-read.
// 2. A press has one action for as long as it lives: what came back lost is sent again under the same one, and counts once.
// 3. No answer, no buttons: while the kiosk is not heard, nothing can be pressed.
// 4. The wall clock is never asked. Times run on from what the kiosk said, by a clock that only goes forward.
"use strict";

const LOST_MS = 9000, RETRY_MS = 1000, GIVE_UP_MS = 30000, SAID_MS = 9000;
const ICONS = {
  elderly: "user", disabled: "wheelchair", pregnant: "heart", infant: "baby", monk: "flower-lotus", far: "road-horizon",
};
// Verb -> its sign and its key; what it asks before it is sent.
const VERBS = {
  recall: ["megaphone", "R"], hold: ["pause-circle", "H"], transfer: ["arrow-right", "T", chooseTarget],
  absent: ["x-circle", "N"], another: ["repeat", "A", chooseAnother], finish: ["check", "F"],
};
// The verbs of each state, in the order of their buttons.
const OFFERED = { called: ["recall", "hold", "transfer", "absent"], serving: ["hold", "transfer", "another", "finish"], free: [] };

let state = null, at = 0, heardAt = performance.now(), busy = false, source = null;

// ---- words ------------------------------------------------------------------------------------------------------------
const since = () => performance.now() - at;
const text = (element, words) => { if (element.textContent !== words) { element.textContent = words; } };

function minutes(ms) {
  if (ms === null) { return say("counter.unknown"); }
  const all = Math.floor(ms / 60000);
  if (all < 1) { return say("counter.minute_under"); }
  return all < 60 ? say("counter.minute", { n: all }) : say("counter.hour", { h: Math.floor(all / 60), n: all % 60 });
}

function running(ms) {
  if (ms === null) { return "–:––"; }
  const all = Math.floor(ms / 1000), pad = (n) => String(n).padStart(2, "0");
  return all < 3600 ? `${pad(Math.floor(all / 60))}:${pad(all % 60)}` : `${Math.floor(all / 3600)}:${pad(Math.floor(all / 60) % 60)}:${pad(all % 60)}`;
}

const nextRow = () => state.next && state.waiting.find((row) => row.key === state.next.key);
const later = (ms) => (ms === null ? null : ms + since());

// ---- small parts --------------------------------------------------------------------------------------------------------
function made(tag, className, ...inside) {
  const element = document.createElement(tag);
  if (className) { element.className = className; }
  element.append(...inside);
  return element;
}

function icon(name, fill) {
  const sign = made("i", `icon${fill ? " fill" : ""} i-${name}`);
  sign.setAttribute("aria-hidden", "true");
  return sign;
}

const flag = (kind, name, words) => made("span", `flag ${kind}`, icon(name), made("span", "", words));

/** What a ticket says of itself: served first, papers, language, from paper. */
function flags(row) {
  const found = [];
  if (row.priority) { found.push(flag("sky", ICONS[row.priority] || "user", say(`counter.priority_${row.priority}`))); }
  if (row.missing) { found.push(flag("warn", "warning", say("counter.missing", { n: row.missing }))); }
  if (row.missing === 0) { found.push(flag("fine", "check-square", say("counter.complete"))); }
  if (row.language !== "th") { found.push(flag("water", "translate", say(`counter.language_${row.language}`))); }
  if (row.on_paper) { found.push(flag("plain", "note-pencil", say("counter.on_paper"))); }
  return found;
}

/** Rows by their key: one that stays keeps its element, and with it the finger or the focus that is on it. */
function listed(list, rows, key, build, fill) {
  const old = new Map([...list.children].map((each) => [each.dataset.row, each]));
  rows.forEach((row, place) => {
    let element = old.get(key(row));
    if (element) { old.delete(key(row)); } else {
      element = build(row);
      element.dataset.row = key(row);
    }
    if (list.children[place] !== element) { list.insertBefore(element, list.children[place] || null); }
    fill(element, row, place);
  });
  old.forEach((each) => each.remove());
}

// ---- the state --------------------------------------------------------------------------------------------------------
function take(next) {
  const before = state;
  at = heardAt = performance.now();
  if (!next.signed) { location.reload(); return; }
  if (document.body.dataset.build !== next.build && !busy && !$("choose").open) { location.reload(); return; }
  state = next;
  document.body.classList.remove("waiting");
  draw();
  if (before) { tell(before, next); }
}

/** What a screen reader is told of a change. */
function tell(before, next) {
  const phase = (view) => (view.serving ? `${view.serving.ticket.label} ${view.serving.state}` : "");
  if (phase(before) !== phase(next)) { text($("heard"), `${next.serving ? next.serving.ticket.label : ""} ${$("state").textContent}`); }
}

function draw() {
  const { serving } = state, phase = serving ? serving.state : "free";
  document.body.dataset.phase = phase;
  document.title = `${say("counter.title", { counter: state.counter })}${serving ? ` · ${serving.ticket.label}` : ""}`;
  text($("number"), state.counter);
  text($("counter"), state.counter);
  text($("position"), [state.position, state.groups.join(", ")].filter(Boolean).join(" · "));
  text($("time"), state.time ? `${state.time} ${say("counter.clock")}`.trim() : "");
  const open = state.state === "open";
  $("pause").firstElementChild.className = `icon i-${open ? "pause-circle" : "play"}`;
  text($("pause").children[1], say(open ? "counter.pause" : "counter.open"));
  $("standing").hidden = open && !state.ended;
  text($("standing"), state.ended ? say("counter.ended") : say("counter.paused"));
  $("unseen").hidden = !state.unseen;
  text($("unseen"), state.unseen ? say(`counter.unseen_${state.unseen}`) : "");
  drawWaiting();
  drawServing(serving, phase);
  drawAside();
  drawToday();
  drawTabs();
  usable();
  ticking();
}

function drawWaiting() {
  text($("waiting-head"), say("counter.waiting", { n: state.waiting_count }));
  $("no-rows").hidden = state.waiting_count > 0;
  $("more").hidden = state.waiting_count <= state.waiting.length;
  text($("more"), say("counter.more", { n: state.waiting_count - state.waiting.length }));
  listed($("rows"), state.waiting, (row) => row.key, buildRow, fillRow);
}

function buildRow(row) {
  const call = made("button", "row", made("kbd"), made("b"), made("span", "what", made("span", "service"), made("span", "flags")), made("span", "age"));
  call.dataset.call = row.key;
  call.addEventListener("click", () => press({ move: "call", key: row.key }));
  const more = made("button", "more", icon("pencil-simple"));
  more.addEventListener("click", () => choosePriority(row.key));
  return made("li", "", call, more);
}

function fillRow(element, row, place) {
  const [call, more] = element.children;
  element.classList.toggle("best", Boolean(state.next) && state.next.key === row.key);
  text(call.children[0], place < 9 ? String(place + 1) : "");
  text(call.children[1], row.label);
  text(call.children[2].firstChild, row.service);
  call.children[2].lastChild.replaceChildren(...flags(row));
  call.title = say("counter.do_call", { label: row.label });
  more.setAttribute("aria-label", say("counter.do_more", { label: row.label }));
}

function drawServing(serving, phase) {
  const next = nextRow();
  text($("state"), phase === "free" ? say("counter.free") : say(`counter.${phase}`) + (serving.ticket.calls > 1 && phase === "called" ? ` · ${say("counter.calls", { n: serving.ticket.calls })}` : ""));
  text($("label"), serving ? serving.ticket.label : "–");
  text($("service"), serving ? serving.ticket.service : say(next ? "counter.free_why" : "counter.nobody_waits_why"));
  $("flags").replaceChildren(...(serving ? flags(serving.ticket) : []));
  drawSteps(phase === "serving" ? serving : null);
  $("next").hidden = !next;
  if (next) {
    text($("next-label"), next.label);
    text($("next-why").lastChild, [say(`counter.why_${state.next.why}`), next.priority && say(`counter.priority_${next.priority}`)].filter(Boolean).join(" · "));
    text($("see-all"), say("counter.see_all", { n: state.waiting_count }));
  }
  drawVerbs(phase);
  drawMain(next);
}

function drawSteps(serving) {
  const steps = serving ? serving.steps : [], many = steps.length > 1;
  $("steps").hidden = $("step-now").hidden = !many;
  if (!many) { return; }
  const now = Math.min(serving.step, steps.length - 1);
  text($("step-now").firstChild, `${say("counter.step_of", { at: now + 1, all: steps.length })} · ${steps[now].title}`);
  $("step").hidden = serving.step >= steps.length - 1;
  listed($("steps"), steps.map((step, place) => ({ ...step, place })), (step) => String(step.place),
    () => made("li", "", made("b"), made("span")),
    (element, step, place) => {
      element.className = place < now ? "behind" : place === now ? "now" : "";
      element.toggleAttribute("aria-current", place === now);
      text(element.firstChild, `${place + 1} ${step.title}`);
      if (place !== now) { text(element.lastChild, step.promise_ms ? say("counter.step_time", { time: minutes(step.promise_ms) }) : ""); }
    });
}

function drawVerbs(phase) {
  const offered = OFFERED[phase].filter((verb) => verb !== "finish" || mainPress(nextRow())[0].move !== "finish");
  listed($("verbs"), offered, (verb) => verb, (verb) => {
    const [sign, key] = VERBS[verb], button = made("button", verb, icon(sign), made("span"), made("kbd", "", key));
    button.dataset.key = key.toLowerCase();
    button.addEventListener("click", () => verbed(verb));
    return button;
  }, (button, verb) => text(button.children[1], say(`counter.do_${verb}`)));
}

function verbed(verb) {
  const ask = VERBS[verb][2], key = state.serving && state.serving.ticket.key;
  if (!key) { return; }
  if (ask) { ask(); } else { press({ move: verb, key }); }
}

// What the big button does now: the move, its sign, its words; without a move it waits.
function mainPress(next) {
  const { serving } = state, open = state.state === "open" && !state.ended;
  if (serving && serving.state === "called") { return [{ move: "serve", key: serving.ticket.key }, "check", say("counter.do_serve")]; }
  if (serving && next && open) { return [{ move: "finish_next", key: serving.ticket.key }, "check", say("counter.do_finish_next", { label: next.label })]; }
  if (serving) { return [{ move: "finish", key: serving.ticket.key }, "check", say("counter.do_finish")]; }
  if (!open) { return [{ move: "open" }, "play", say("counter.open")]; }
  if (next) { return [{ move: "next" }, "megaphone", say("counter.do_next", { label: next.label })]; }
  return [null, "check-circle", say("counter.do_next_none")];
}

function drawMain(next) {
  const [move, sign, words] = mainPress(next);
  $("go").firstElementChild.className = `icon i-${sign}`;
  text($("go").children[1], words);
  $("go").dataset.idle = move ? "" : "1";
}

function drawAside() {
  text($("missed-head"), `${say("counter.missed")} ${state.missed.length}`);
  text($("held-head"), `${say("counter.held")} ${state.held.length}`);
  const build = (move, words) => (row) => {
    const button = made("button", "", say(words));
    button.addEventListener("click", () => press({ move, key: row.key }));
    return made("li", "", made("b"), made("span", "age"), button);
  };
  const fill = (element, row) => {
    text(element.firstChild, row.label);
    element.lastChild.setAttribute("aria-label", `${element.lastChild.textContent} ${row.label}`);
  };
  listed($("missed"), state.missed.map((each) => each.ticket), (row) => row.key, build("back", "counter.do_back"), fill);
  listed($("held"), state.held, (row) => row.key, build("serve", "counter.do_resume"), fill);
  [...$("held").children].forEach((each) => { each.lastChild.dataset.free = "1"; });
}

function drawToday() {
  const { figures, run, closed } = state.today;
  const rows = [[say("counter.served"), say("counter.served_n", { n: figures.served })]];
  if (figures.median_ms !== null) {
    rows.push([say("counter.median"), running(figures.median_ms)], [say("counter.p90"), running(figures.p90_ms)]);
  }
  if (figures.promised) { rows.push([say("counter.kept"), say("counter.kept_n", { n: figures.kept, all: figures.promised })]); }
  $("today").querySelector("dl").replaceChildren(...rows.map(([name, value]) => made("div", "", made("dt", "", name), made("dd", "", value))));
  $("run").replaceChildren(...run.map((kept) => made("i", kept ? "kept" : "late")));
  const notes = [run.length ? say("counter.run_why") : "", figures.served ? "" : say("counter.nothing_yet"),
    closed ? say("counter.closed_n", { n: closed }) : "", figures.not_measured ? say("counter.unmeasured_n", { n: figures.not_measured }) : ""];
  $("run-why").replaceChildren(...notes.filter(Boolean).map((each) => made("span", "", each)));
}

function drawTabs() {
  const words = {
    waiting: say("counter.tab_waiting", { n: state.waiting_count }),
    aside: say("counter.tab_aside", { held: state.held.length, missed: state.missed.length }),
    today: say("counter.tab_today", { n: state.today.figures.served }),
  };
  Object.entries(words).forEach(([tab, each]) => text(document.querySelector(`#tabs [data-tab=${tab}] span`), each));
}

// ---- time -------------------------------------------------------------------------------------------------------------
function ticking() {
  if (!state) { return; }
  const { serving } = state;
  const oldest = Math.max(-1, ...state.waiting.map((row) => (row.waited_ms === null ? -1 : row.waited_ms)));
  text($("longest"), oldest < 0 ? "" : say("counter.longest", { time: minutes(later(oldest)) }));
  state.waiting.forEach((row, place) => text($("rows").children[place].firstChild.children[3], minutes(later(row.waited_ms))));
  state.missed.forEach((each, place) => text($("missed").children[place].children[1], each.left_ms === null ? "" : say("counter.missed_until", { time: minutes(Math.max(0, each.left_ms - since())) })));
  state.held.forEach((row, place) => text($("held").children[place].children[1], row.since_ms === null ? "" : say("counter.held_for", { time: minutes(later(row.since_ms)) })));
  const next = nextRow();
  if (next) { text($("next-why").firstChild, say("counter.waited", { time: minutes(later(next.waited_ms)) })); }
  const served = serving && serving.state === "serving" ? later(serving.served_ms) : null;
  $("clock-box").hidden = !serving;
  if (serving) {
    text($("clock"), running(serving.state === "serving" ? served : later(serving.ticket.since_ms)));
    text($("clock-why"), say(serving.state === "serving" ? "counter.minutes_served" : "counter.minutes_called"));
  }
  promise(serving, served);
}

/** The bar ends at 125 % of the promise; past the tick it turns and says by how much. */
function promise(serving, served) {
  const promised = serving && serving.state === "serving" ? serving.promise_ms : null, bar = $("promise");
  bar.hidden = promised === null || served === null;
  if (bar.hidden) { return; }
  const left = promised - served, over = left < 0;
  bar.classList.toggle("over", over);
  bar.querySelector("i").style.width = `${Math.min(100, (served / promised) * 80)}%`;
  text($("left"), say(over ? "counter.over" : "counter.left", { time: Math.abs(left) < 600000 ? running(Math.abs(left)) : minutes(Math.abs(left)) }));
  text($("promised"), say("counter.promise", { time: minutes(promised) }));
  bar.setAttribute("aria-label", `${$("promised").textContent}, ${$("left").textContent}`);
  const step = $("steps").querySelector(".now"), steps = serving.steps;
  if (!step || $("steps").hidden) { return; }
  const now = Math.min(serving.step, steps.length - 1), taken = later(serving.step_ms), allowed = steps[now].promise_ms;
  const late = allowed !== null && taken !== null && taken > allowed;
  step.classList.toggle("late", late);
  text(step.lastChild, running(taken) + (late ? ` ${say("counter.over", { time: running(taken - allowed) })}` : ""));
}

// ---- pressing ---------------------------------------------------------------------------------------------------------
const lost = () => performance.now() - heardAt > LOST_MS || !source || source.readyState !== EventSource.OPEN;

/** Which buttons may be pressed now. */
function usable() {
  const dead = !state || busy || lost();
  const free = state && !state.serving && state.state === "open" && !state.ended;
  document.querySelectorAll("main button, #pause, #leave").forEach((each) => { each.disabled = dead; });
  document.querySelectorAll("[data-call], [data-free], #walk-in").forEach((each) => { each.disabled = dead || !free; });
  $("see-all").disabled = false;
  $("go").disabled = dead || $("go").dataset.idle === "1";
  const away = Boolean(state) && lost();
  $("lost").hidden = !away;
  $("line").classList.toggle("bad", away);
  $("line").firstElementChild.className = `icon i-wifi-${away ? "slash" : "high"}`;
  document.body.classList.toggle("lost", away);
}

const action = () => [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, "0")).join("");

async function press(move) {
  if (busy || lost()) { return; }
  busy = true;
  usable();
  const body = { ...move, action: action() }, began = performance.now(), version = at;
  let answer = await send("/counter/press", body);
  while ((answer.status === 0 || answer.status >= 500) && !answer.why && performance.now() - began < GIVE_UP_MS) {
    $("sending").hidden = false;
    await new Promise((done) => { setTimeout(done, RETRY_MS); });
    answer = await send("/counter/press", body);
  }
  $("sending").hidden = true;
  if (answer.status === 401) { location.reload(); return; }
  if (answer.status !== 200) { refuse(answer.say || say("lobby.lost")); }
  // What was done is on its way: nothing is pressed on a picture from before it, unless it does not come.
  for (let tries = 0; answer.status === 200 && at === version && tries < 20; tries += 1) {
    await new Promise((done) => { setTimeout(done, 50); });
  }
  busy = false;
  usable();
}

let saying = 0;
function refuse(words) {
  text($("said"), words);
  $("said").hidden = false;
  clearTimeout(saying);
  saying = setTimeout(() => { $("said").hidden = true; }, SAID_MS);
}

// ---- choosing ---------------------------------------------------------------------------------------------------------
function choose(head, why, parts) {
  text($("choose-head"), head);
  text($("choose-why"), why);
  $("choices").replaceChildren(...parts);
  $("choose").showModal();
  const first = $("choices").querySelector("button, input");
  if (first) { first.focus(); }
}

function option(words, small, move, className) {
  const button = made("button", className || "", made("b", "", words), small ? made("span", "", small) : "");
  button.value = "chosen";
  button.addEventListener("click", () => { $("choose").close(); press(typeof move === "function" ? move() : move); });
  return button;
}

const serviceOptions = (move) => DATA.services.map((each) => option(each.title, "", { ...move, to_service: each.id }));
const headed = (words) => made("h3", "", words);

function chooseTarget() {
  const { ticket } = state.serving, move = { move: "transfer", key: ticket.key };
  const counters = state.others.map((each) => option(say("counter.to_counter", { counter: each.counter }),
    each.open ? each.groups.join(", ") : say("counter.to_closed"), { ...move, to_counter: each.counter }));
  choose(say("counter.choose_to", { label: ticket.label }), say("counter.choose_to_why"),
    [...counters, headed(say("counter.to_services")), ...serviceOptions(move)]);
}

function chooseAnother() {
  const { ticket } = state.serving;
  choose(say("counter.choose_another", { label: ticket.label }), say("counter.choose_another_why"),
    serviceOptions({ move: "another", key: ticket.key }));
}

function chooseWalkIn() {
  choose(say("counter.choose_walk_in"), say("counter.choose_walk_in_why"), serviceOptions({ move: "walk_in" }));
}

function choosePaper() {
  const number = made("input", "code");
  Object.assign(number, { autocomplete: "off", maxLength: 8, spellcheck: false, autocapitalize: "characters" });
  number.setAttribute("aria-label", say("counter.number"));
  number.placeholder = "A031";
  const save = option(say("counter.save"), "", () => ({ move: "paper", number: number.value }), "strong");
  choose(say("counter.choose_paper"), say("counter.choose_paper_why"), [number, save]);
  number.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); save.click(); } });
}

function choosePriority(key) {
  const row = state.waiting.find((each) => each.key === key);
  if (!row) { return; }
  const reasons = made("div", "reasons");
  DATA.corrections.forEach((each, place) => {
    const input = Object.assign(document.createElement("input"), { type: "radio", name: "reason", value: each, checked: place === 0 });
    reasons.append(made("label", "", input, say(`counter.because_${each}`)));
  });
  const why = () => reasons.querySelector(":checked").value;
  const options = [...new Set(DATA.priorities)].filter((each) => each !== row.priority).map((each) => option(
    say(`counter.priority_${each}`), "", () => ({ move: "priority", key, priority: each, reason: why() })));
  choose(say("counter.choose_priority", { label: row.label }), say("counter.choose_priority_why"),
    [reasons, ...options, option(say("counter.do_leave"), "", { move: "leave", key }, "bad")]);
}

// ---- fingers and keys ---------------------------------------------------------------------------------------------------
$("go").addEventListener("click", () => {
  const [move] = mainPress(nextRow());
  if (move) { press(move); }
});
$("step").addEventListener("click", () => press({ move: "step", key: state.serving.ticket.key, reason: String(state.serving.step + 1) }));
$("pause").addEventListener("click", () => press({ move: state.state === "open" ? "pause" : "open" }));
$("walk-in").addEventListener("click", chooseWalkIn);
$("paper").addEventListener("click", choosePaper);
$("leave").addEventListener("click", () => {
  const over = made("button", "", made("b", "", say("counter.hand_over")), made("span", "", say("counter.hand_over_why")));
  over.addEventListener("click", () => location.assign("/counter/hand-over"));
  const out = made("button", "bad", made("b", "", say("counter.sign_out")), made("span", "", say("counter.sign_out_why")));
  out.addEventListener("click", signOut);
  choose(say("counter.leaving"), "", [over, out]);
});

async function signOut() {
  const answer = await send("/counter/sign-out", {});
  if (answer.status === 200) { location.reload(); } else { refuse(answer.say || say("lobby.lost")); }
}
$("see-all").addEventListener("click", () => { tab("waiting"); });
$("tabs").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) { tab(button.dataset.tab); }
});

function tab(name) {
  document.body.dataset.tab = name;
  document.querySelectorAll("#tabs button").forEach((each) => each.setAttribute("aria-current", String(each.dataset.tab === name)));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || $("choose").open) { return; }
  if (event.target.closest("input, select, a")) { return; }
  // A button that has the focus is pressed by Enter as everywhere; the page's own Enter is for when none has.
  if (event.key === "Enter" && event.target.closest("button") && event.target !== $("go")) { return; }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  let wanted = document.querySelector(`button[data-key="${CSS.escape(key)}"]`);
  if (/^[1-9]$/.test(key)) { wanted = (document.querySelectorAll("#rows [data-call]")[Number(key) - 1]); }
  if (key === "v" && state && state.waiting.length && !lost()) {
    event.preventDefault();
    const focused = event.target.closest("#rows li");
    choosePriority(focused ? focused.dataset.row : state.waiting[0].key);
    return;
  }
  if (wanted && !wanted.disabled && wanted.offsetParent) { event.preventDefault(); wanted.click(); }
});

// ---- the line to the kiosk ----------------------------------------------------------------------------------------------
let dialledAt = 0;
function listen() {
  if (source) { source.close(); }
  dialledAt = performance.now();
  source = new EventSource("/counter/events");
  source.onmessage = (event) => take(JSON.parse(event.data));
  source.onerror = usable;
}

// A phone that slept asks at once, and presses nothing on what it showed before.
document.addEventListener("visibilitychange", () => { if (!document.hidden && lost()) { listen(); } });

setInterval(() => {
  const now = performance.now(), silent = now - Math.max(heardAt, dialledAt);
  if (silent > LOST_MS || (source.readyState === EventSource.CLOSED && now - dialledAt > 2000)) { listen(); }
  usable();
  ticking();
}, 500);
tab("serve");
listen();
