// Sitting down: the last counter and groups of this browser are chosen already, the person never.
"use strict";

const kept = JSON.parse(localStorage.getItem("seat") || "null") || { counter: "", groups: [] };

$("back").hidden = !DATA.seated;
$("nobody").hidden = DATA.people.length > 0;
$("person").append(new Option("", ""), ...DATA.people.map((each) => new Option(each.title, each.person)));

function choice(kind, name, value, text, checked, small) {
  const label = document.createElement("label"), input = document.createElement("input");
  Object.assign(input, { type: kind, name, value, checked });
  label.append(input, text);
  if (small) { label.append(Object.assign(document.createElement("small"), { textContent: small })); }
  return label;
}

const taken = new Map(DATA.counters.map((each) => [each.counter, each.taken]));
$("counters").append(...DATA.counters.map((each) => choice("radio", "counter", each.counter, each.counter,
  each.counter === kept.counter, each.taken && say("sign.counter_taken", { position: each.taken }))));
$("counters").querySelectorAll("input").forEach((each) => { each.required = true; });
const usual = DATA.groups.some((each) => kept.groups.includes(each.id)) ? kept.groups : DATA.groups.map((each) => each.id);
$("groups").append(...DATA.groups.map((each) => choice("checkbox", "group", each.id, each.name, usual.includes(each.id))));

const chosen = (name) => [...document.querySelectorAll(`input[name=${name}]:checked`)].map((each) => each.value);
const warn = () => { $("over").hidden = !taken.get(chosen("counter")[0]); };
$("counters").addEventListener("change", warn);
warn();

formed($("form"), "/counter/sign-in", () => {
  const groups = chosen("group");
  if (!groups.length) {
    $("said").textContent = say("sign.none_chosen");
    $("said").hidden = false;
    return null;
  }
  const pin = $("pin").value;
  $("pin").value = "";
  localStorage.setItem("seat", JSON.stringify({ counter: chosen("counter")[0], groups }));
  return { person: Number($("person").value), counter: chosen("counter")[0], groups, pin };
}, () => location.replace("/counter"));
