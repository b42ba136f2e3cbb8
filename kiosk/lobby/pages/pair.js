// The code behind the address's hash is sent at once and taken out of the history; without one it is typed.
"use strict";

formed($("form"), "/pair", () => ({ code: $("code").value.slice(0, 64) }), () => location.replace("/counter"));

function arrive() {
  const code = location.hash.slice(1);
  if (!code) { return; }
  history.replaceState(null, "", "/pair");
  $("code").value = code;
  $("form").requestSubmit();
}
addEventListener("hashchange", arrive);
arrive();
