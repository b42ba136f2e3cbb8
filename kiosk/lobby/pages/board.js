// The board: sets what the kiosk says, shows each call for a while, and says so when it hears nothing any more.
//
// 1. Every event is the whole state. Calls bear numbers: one that was not shown yet waits for its turn, none is shown
//    or sounded twice, whatever reconnects, reloads or restarts.
// 2. The wall clock of this screen is never asked; time is what the kiosk says, silence is counted by a clock that only
//    goes forward.
// 3. Nothing grows: texts are set into elements that are there, and lists have an end.
// Written for the browsers of old television sets.
"use strict";

(function () {
  var STALE_MS = 15000, DEAD_MS = 20000, SHOW_MS = 6000, SHOW_OTHERS_MS = 3500, TELL_MS = 10000, SHIFT_MS = 240000;
  // A call that is older than this is shown and no longer sounded.
  var SOUND_MS = 60000, SAY_MAX = 20, SAY_LONGEST_MS = 60000, RELOAD_MS = 12 * 3600000, EARLIER = 4;

  var $ = function (id) { return document.getElementById(id); };
  var body = document.body;
  var state = null, heardAt = 0, openedAt = performance.now(), source = null;
  var day = "", taken = 0, pending = [], current = null, busy = false;

  function text(element, words) { if (element.textContent !== words) { element.textContent = words; } }
  function both(name, words) { text($(name + "-th"), words[0]); text($(name + "-ms"), words[1]); }

  // A name that is too long for its cell is written smaller, down to where it would not be read from afar.
  function fitted(element, words) {
    element.style.fontSize = "";
    text(element, words);
    var over = element.scrollWidth / element.clientWidth;
    if (over > 1) {
      var rem = parseFloat(getComputedStyle(element).fontSize) / parseFloat(getComputedStyle(document.documentElement).fontSize);
      element.style.fontSize = rem * Math.max(0.7, 0.98 / over) + "rem";
    }
  }

  // ---- what was shown already, over a reload -------------------------------------------------------------------
  function kept() { try { return (sessionStorage.getItem("board") || "").split("/"); } catch (e) { return []; } }
  function keep() { try { sessionStorage.setItem("board", day + "/" + taken); } catch (e) { taken = taken; } }

  // ---- the state --------------------------------------------------------------------------------------------------
  function take(next) {
    var calls = next.calls, newest = calls.length ? calls[calls.length - 1].id : 0, before = kept();
    if (body.getAttribute("data-build") !== next.build) { renew(); }
    if (next.day !== day) {
      // The first look at a day shows what is so; a day that begins while we look shows its calls from the first on.
      taken = day ? 0 : before[0] === next.day ? Number(before[1]) || 0 : newest;
      day = next.day;
      pending = [];
      current = null;
    }
    taken = Math.min(taken, newest);
    state = next;
    calls.forEach(function (call) {
      if (call.id <= taken) { return; }
      pending.push(call);
      if (state.sound.play && (call.age_ms === null || call.age_ms < SOUND_MS)) { say(call.id); }
    });
    taken = newest;
    keep();
    body.className = "";
    draw();
    if (!current && !pending.length && calls.length) { show(calls[calls.length - 1], false); }
    turn();
  }

  function draw() {
    body.setAttribute("data-phase", state.phase);
    body.setAttribute("data-calm", state.calm ? "yes" : "");
    if ($("office").textContent !== state.office) { fitted($("office"), state.office); }
    text($("date"), state.date[0]);
    text($("time").firstChild, state.time);
    $("time").hidden = !state.time;
    text($("at").firstChild, state.at);
    $("at").hidden = !state.at;
    $("again").hidden = !state.again[0];
    both("again", state.again);
    $("call").hidden = !!state.calm;
    $("calm").hidden = !state.calm;
    if (state.calm) {
      both("calm-title", state.calm.title);
      both("calm-line", state.calm.line);
      $("calm-icon").className = "icon fill i-" + { open: "ticket", before: "sun-horizon", closed: "moon" }[state.phase];
      both("say", ["", ""]);
    }
    $("caption-icon").hidden = !!state.calm;
    missed();
    groups();
    sound();
    earlier();
  }

  function rows(list, wanted, template) {
    while (list.children.length > wanted) { list.removeChild(list.lastChild); }
    while (list.children.length < wanted) { list.appendChild(document.importNode($(template).content, true).firstChild); }
  }

  function missed() {
    var names = state.missed.concat(state.missed_more ? ["+" + state.missed_more] : []), list = $("missed");
    list.className = names.length > 3 ? "some" : "";
    if (!names.length) { text(list, "–"); list.className = "none"; return; }
    if (list.textContent === names.join("")) { return; }
    list.textContent = "";
    names.forEach(function (name) { list.appendChild(document.createElement("span")).textContent = name; });
  }

  function groups(again) {
    var list = $("groups"), stale = body.className === "stale";
    list.className = state.groups.length > 5 ? "many" : state.groups.length > 4 ? "five" : "";
    rows(list, state.groups.length, "group-cell");
    state.groups.forEach(function (group, at) {
      var cell = list.children[at], name = cell.querySelector(".both");
      text(cell.querySelector(".letters"), group.letters.join(" "));
      if (again || name.textContent !== group.name.join("")) { group.name.forEach(function (words, which) { fitted(name.children[which], words); }); }
      text(cell.querySelector(".count b"), String(group.waiting));
      text(cell.querySelector(".wait span"), stale && group.known ? $("word-unknown").textContent : group.wait[0]);
    });
  }

  function earlier() {
    // The last others, each number once, and nothing that waits for its turn in the large panel.
    var seen = current ? [current.label] : [], last = [];
    state.calls.slice().reverse().forEach(function (call) {
      if (current && call.id <= current.id && seen.indexOf(call.label) < 0 && last.length < EARLIER) {
        seen.push(call.label);
        last.push(call);
      }
    });
    rows($("earlier"), last.length, "earlier-row");
    last.forEach(function (call, at) {
      var row = $("earlier").children[at];
      text(row.firstChild, call.label);
      text(row.lastChild.lastChild, call.counter);
    });
  }

  // ---- one call after another -------------------------------------------------------------------------------------
  function turn() {
    if (busy || !pending.length) { return; }
    busy = true;
    show(pending.shift(), true);
    setTimeout(function () { busy = false; turn(); }, pending.length ? SHOW_OTHERS_MS : SHOW_MS);
  }

  function show(call, fresh) {
    current = call;
    text($("number"), call.label);
    $("number").className = call.label.length > 6 ? "longest" : call.label.length > 4 ? "long" : "";
    text($("counter"), call.counter);
    both("say", call.say);
    $("panel").className = "";
    if (fresh) { void $("panel").offsetWidth; $("panel").className = "new"; }
    earlier();
  }

  // ---- sound ------------------------------------------------------------------------------------------------------
  // How this board may sound: "off" while it is not asked to, "" until it has tried, then "ok" or "muted".
  var sounding = "off", toSay = [], playing = null;

  function say(name) {
    toSay.push(name);
    toSay = toSay.slice(-SAY_MAX);
    speak();
  }

  function speak() {
    if (playing || !toSay.length) { return; }
    var audio = playing = new Audio("/board/sound/" + toSay.shift() + ".wav"), begun, timer;
    function end() { clearTimeout(timer); if (playing === audio) { playing = null; speak(); } }
    timer = setTimeout(end, SAY_LONGEST_MS);
    audio.onended = audio.onerror = end;
    begun = audio.play();
    if (begun && begun.then) { begun.then(function () { heard("ok"); }, function (why) { if (why.name === "NotAllowedError") { heard("muted"); } end(); }); }
  }

  function heard(how) {
    if (sounding !== how) { sounding = how; sound(); tell(); }
  }

  function sound() {
    var muted = state.sound.play && sounding === "muted", fine = state.sound.ok && !muted;
    $("sound").className = "live" + (fine ? "" : " bad");
    $("sound").firstChild.className = "icon fill i-" + (fine ? "speaker-high" : "speaker-slash");
    $("caption-icon").className = $("sound").firstChild.className;
    both("sound", muted ? ["th", "ms"].map(function (each) { return $("word-muted-" + each).textContent; }) : state.sound.say);
    if (!state.sound.play) { sounding = "off"; } else if (sounding === "off") { sounding = ""; say("chime"); }
  }

  // Two tones when the board opens tell whether it may sound; where the browser wants a touch first, any touch will do.
  ["click", "keydown", "touchend"].forEach(function (kind) {
    document.addEventListener(kind, function () { if (sounding === "muted") { say("chime"); } });
  });

  function tell() {
    if (!state || body.className) { return; }
    var request = new XMLHttpRequest();
    request.open("POST", "/board/seen");
    request.setRequestHeader("Content-Type", "application/json");
    request.timeout = 5000;
    request.send(JSON.stringify({ sound: sounding || "muted" }));
  }

  // ---- the line to the kiosk ----------------------------------------------------------------------------------------
  function listen() {
    if (source) { source.close(); }
    source = new EventSource("/board/events");
    source.onmessage = function (event) { heardAt = performance.now(); take(JSON.parse(event.data)); };
  }

  function renew() {
    // A newer kiosk has newer pages; at most one reload in a while, whatever it says.
    if (performance.now() - openedAt > 60000) { location.reload(); }
  }

  var dialled = performance.now();
  setInterval(function () {
    var now = performance.now(), silent = now - Math.max(heardAt, dialled);
    if (state && now - heardAt > STALE_MS && body.className !== "stale") { body.className = "stale"; groups(); }
    if (silent > DEAD_MS || (source.readyState === 2 && silent > 3000)) { dialled = now; listen(); }
    if (state && state.phase !== "open" && now - openedAt > RELOAD_MS && now - heardAt < STALE_MS) { location.reload(); }
  }, 500);
  setInterval(tell, TELL_MS);

  // ---- the screen ---------------------------------------------------------------------------------------------------
  var SHIFTS = [[0, 0], [5, 3], [-4, 4], [3, -4], [-5, -3]], shift = 0;
  setInterval(function () {
    shift = (shift + 1) % SHIFTS.length;
    $("stage").style.transform = "translate(" + SHIFTS[shift][0] + "px," + SHIFTS[shift][1] + "px)";
  }, SHIFT_MS);

  function fit() {
    var upright = innerHeight > innerWidth, wide = upright ? 80 : 120, high = upright ? 142 : 67.5;
    document.documentElement.style.fontSize = Math.min(innerWidth / wide, innerHeight / high) + "px";
  }
  addEventListener("resize", fit);
  fit();
  // Words are as wide as they are once their font is there.
  if (document.fonts) { document.fonts.ready.then(function () { if (state) { groups(true); fitted($("office"), state.office); } }); }
  listen();
})();
