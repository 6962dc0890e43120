// A version of a file between this browser and the gateway, by a ticket. The inputs have no names and stand in no form, so neither
// content nor name of a file is ever sent to the site.
import { ticket } from "./tickets.js";

const shown = (box, name, on) => { const one = box.querySelector(name); if (one) one.hidden = !on; };
const formOf = (file) => file.name.toLowerCase().split(".").pop().replace(/^jpeg$/, "jpg").replace(/^tiff$/, "tif");

// What the gateway refused, in the reader's language: the site knows its sentences.
async function refusal(box, answer) {
  const token = box.querySelector("[name=csrfmiddlewaretoken]").value;
  const said = await fetch(box.dataset.explain, {
    method: "POST", headers: { "X-CSRFToken": token }, body: new URLSearchParams({ problem: await answer.text() }), cache: "no-store",
  });
  const value = await said.json().catch(() => ({}));
  return new Error([value.problem, value.advice].filter(Boolean).join(" "));
}

async function deposit(box) {
  const file = box.querySelector("[data-brought]").files[0];
  if (!file) return shown(box, "[data-file-missing]", true);
  if (file.size > Number(box.dataset.most)) return shown(box, "[data-too-large]", true);
  const stated = box.querySelector("[data-stated]").checked ? "on" : "";
  const address = await ticket(box, box.dataset.fileDeposit, { no_state_secrets: stated });
  const query = new URLSearchParams({ form: box.querySelector("[data-form]").value, statement: box.dataset.statement });
  const answer = await fetch(`${address}?${query}`, { method: "POST", body: file, cache: "no-store", credentials: "omit" });
  if (!answer.ok) throw await refusal(box, answer);
  const value = await answer.json();
  box.querySelector(value.repeat ? "[data-same] b" : "[data-done] b").textContent = value.version;
  shown(box, value.repeat ? "[data-same]" : "[data-done]", true);
  if (!value.repeat) window.setTimeout(() => window.location.reload(), 2500);
}

async function take(box) {
  const values = { purpose: box.querySelector("[data-purpose]").value, matter: box.querySelector("[data-matter]").value };
  const address = await ticket(box, box.dataset.fileFetch, { ...values, version: box.querySelector("[data-version]").value });
  const answer = await fetch(address, { method: "POST", cache: "no-store", credentials: "omit" });
  if (!answer.ok) throw await refusal(box, answer);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = `${box.dataset.name}-v${answer.headers.get("gx-version")}.${answer.headers.get("gx-form")}`;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  box.querySelector("[data-done] b").textContent = answer.headers.get("gx-version");
  box.querySelector("[data-digest]").textContent = answer.headers.get("gx-digest");
  shown(box, "[data-done]", true);
}

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-brought]") || !event.target.files[0]) return;
  const select = event.target.closest("[data-file-deposit]").querySelector("[data-form]");
  const form = formOf(event.target.files[0]);
  if ([...select.options].some((one) => one.value === form)) select.value = form;
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-file-send]");
  const box = button && button.closest("[data-file-deposit], [data-file-fetch]");
  if (!box || button.disabled) return;
  for (const name of ["[data-problem]", "[data-done]", "[data-same]", "[data-too-large]", "[data-file-missing]"]) shown(box, name, false);
  button.disabled = true;
  shown(box, "[data-busy]", true);
  (box.dataset.fileDeposit ? deposit(box) : take(box)).catch((error) => {
    if (error.message && !(error instanceof TypeError)) box.querySelector("[data-problem] p").textContent = error.message;
    shown(box, "[data-problem]", true);
  }).finally(() => {
    button.disabled = false;
    shown(box, "[data-busy]", false);
  });
});
