// What the staff's pages share: their words and data, and sending something to the kiosk.
"use strict";

const $ = (id) => document.getElementById(id);
const held = (id) => ($(id) ? JSON.parse($(id).textContent) : null);
const WORDS = held("words");
const DATA = held("data");

/** A sentence of this page with its braces filled in. */
function say(key, values) {
  return (WORDS[key] || "").replace(/\{(\w+)\}/g, (_all, name) => (values && name in values ? values[name] : ""));
}

/** Posts JSON; gives {status, why, say}. Status 0: nobody answered. */
async function send(path, body) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), 8000);
  try {
    const answer = await fetch(path, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal: patience.signal,
    });
    return { ...(await answer.json().catch(() => ({}))), status: answer.status };
  } catch (error) {
    return { status: 0, error: String(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Sends a form once at a time; what was refused is said below its fields. */
function formed(form, path, body, done) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector(".main"), said = $("said"), told = body();
    if (button.disabled || told === null) { return; }
    button.disabled = true;
    said.hidden = true;
    const answer = await send(path, told);
    if (answer.status === 200) { done(); return; }
    if (answer.status === 401) { location.reload(); return; }
    button.disabled = false;
    said.textContent = answer.say || say("lobby.lost");
    said.hidden = false;
  });
}
