// The ticket page: sets what the kiosk says. Without this script the page loads itself anew some times a minute, and its
// one button is a plain form.
//
// Every event is the whole state. Silence is counted by a clock that only goes forward; a phone that slept asks at once.
"use strict";

(function () {
  var STALE_MS = 15000, DEAD_MS = 20000;
  var body = document.body, source = null, heardAt = performance.now(), dialled = heardAt, called = 0;
  var $ = function (id) { return document.getElementById(id); };

  function text(id, words) { if ($(id).textContent !== words) { $(id).textContent = words; } }

  function take(state) {
    if (state.build !== body.getAttribute("data-build")) { location.reload(); return; }
    ["label", "group", "title", "counter", "line", "ahead", "wait", "at"].forEach(function (name) { text(name, state[name]); });
    $("icon").className = "icon fill i-" + state.icon;
    document.title = (state.state === "called" ? "★ " + state.counter + " · " : "") + state.label + " · " + state.title;
    body.setAttribute("data-state", state.state);
    body.className = "";
    if (state.state === "called" && state.calls !== called) {
      called = state.calls;
      if (navigator.vibrate && !(navigator.userActivation && !navigator.userActivation.hasBeenActive)) { navigator.vibrate([400, 200, 400, 200, 800]); }
      scrollTo(0, 0);
    }
  }

  function listen() {
    if (source) { source.close(); }
    dialled = performance.now();
    source = new EventSource(body.getAttribute("data-events"));
    source.onmessage = function (event) { heardAt = performance.now(); take(JSON.parse(event.data)); };
  }

  setInterval(function () {
    var now = performance.now();
    if (now - heardAt > STALE_MS) { body.className = "stale"; }
    if (now - Math.max(heardAt, dialled) > DEAD_MS || (source.readyState === 2 && now - dialled > 5000)) { listen(); }
  }, 1000);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) { listen(); } });

  // One press is one press: the number of the press stays the same until the kiosk has answered it.
  var form = $("late"), button = form.querySelector("button"), action = form.querySelector("input");
  form.addEventListener("submit", function (event) {
    var request = new XMLHttpRequest();
    event.preventDefault();
    button.disabled = true;
    request.open("POST", form.getAttribute("action"));
    request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    request.setRequestHeader("Accept", "application/json");
    request.timeout = 10000;
    request.onloadend = function () {
      button.disabled = false;
      if (!request.status) { body.className = "stale"; return; }
      $("done").className = "notice good" + (request.status === 200 ? " shown" : "");
      $("refused").className = "notice bad" + (request.status === 200 ? "" : " shown");
      if (request.status === 200) { action.value = JSON.parse(request.responseText).action; }
    };
    request.send("action=" + encodeURIComponent(action.value));
  });

  listen();
})();
