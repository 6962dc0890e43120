// The few things pages need beyond HTML: htmx, the menu on narrow screens, drafts kept while typing, confirmations.
import "htmx.org";
import "./claims.js";
import "./files.js";
import { addDoubts, carryRow } from "./rows.js";

const keep = (form) => `draft:${form.dataset.keep}`;

function openMenu(button) {
  const menu = document.getElementById("menu");
  const open = menu.classList.toggle("open");
  button.setAttribute("aria-expanded", String(open));
}

function restore(form) {
  if (form.dataset.kept === "yes") return;
  form.dataset.kept = "yes";
  const wrong = form.querySelector(".is-invalid");
  const text = sessionStorage.getItem(keep(form));
  if (!text || wrong) return;
  const values = JSON.parse(text);
  for (const field of form.elements) {
    if (!(field.name in values) || field.type === "hidden" || field.type === "password" || field.type === "file") continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = values[field.name].includes(field.value);
    else if (field.multiple) for (const one of field.options) one.selected = values[field.name].includes(one.value);
    else field.value = values[field.name][0];
  }
}

function store(form) {
  const values = {};
  // What is not ticked sends nothing: it is kept all the same, or it would be ticked again when the page comes back.
  for (const field of form.elements) {
    if (field.name && (field.type === "checkbox" || field.type === "radio" || field.multiple)) values[field.name] = [];
  }
  for (const [name, value] of new FormData(form)) {
    const field = form.elements[name];
    if (name === "csrfmiddlewaretoken" || typeof value !== "string" || (field && field.type === "password")) continue;
    (values[name] = values[name] || []).push(value);
  }
  sessionStorage.setItem(keep(form), JSON.stringify(values));
}

// `NAME*` names every draft that begins so: all the forms of one case.
function forget(name) {
  if (!name.endsWith("*")) return sessionStorage.removeItem(name);
  Object.keys(sessionStorage).filter((one) => one.startsWith(name.slice(0, -1))).forEach((one) => sessionStorage.removeItem(one));
}

// The browser takes the ticket to the gateway itself: rows do not pass through the site.
async function showSample(box) {
  const address = box.dataset.sample;
  box.removeAttribute("data-sample");
  const hide = (name) => { box.querySelector(name).hidden = true; };
  const show = (name) => { box.querySelector(name).hidden = false; };
  const row = (into, cells, kind) => {
    const line = into.appendChild(document.createElement("tr"));
    for (const text of cells) line.appendChild(document.createElement(kind)).textContent = text === null ? "—" : text;
  };
  try {
    const answer = await fetch(address, { method: "POST", cache: "no-store", credentials: "omit" });
    const value = await answer.json();
    hide("[data-wait]");
    if (!answer.ok) {
      const known = [...box.querySelectorAll("[data-failed]")].find((one) => one.dataset.failed === value.error.code);
      (known || box.querySelector('[data-failed=""]')).hidden = false;
      return;
    }
    if (!value.rows.length) return show("[data-none]");
    const names = {};
    box.querySelectorAll("[data-column]").forEach((one) => { names[one.dataset.column] = one.textContent; });
    row(box.querySelector("thead"), value.columns.map((one) => names[one.code] || one.code), "th");
    for (const cells of value.rows) row(box.querySelector("tbody"), cells, "td");
    if (box.dataset.doubt) addDoubts(box, value);
    show(".table-box");
  } catch (error) {
    hide("[data-wait]");
    show('[data-failed=""]');
  }
}

function ready(root) {
  root.querySelectorAll("[data-sample]").forEach(showSample);
  if (root.dataset && root.dataset.sample) showSample(root);
  root.querySelectorAll("form[data-keep]").forEach(restore);
  carryRow(root);
  const focus = root.querySelector("[data-focus]");
  if (focus) focus.focus();
}

document.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-toggle-menu]");
  if (toggle) openMenu(toggle);
  if (event.target.closest("[data-print]")) window.print();
});
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form && form.dataset.keep) store(form);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = (event.submitter && event.submitter.dataset.confirm) || form.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  if (form.dataset.keep) store(form);
  // A second press of the same button does not act twice.
  if (form.method === "post" && !form.hasAttribute("hx-post")) {
    if (form.dataset.sent === "yes") event.preventDefault();
    form.dataset.sent = "yes";
    window.setTimeout(() => { form.dataset.sent = ""; }, 4000);
  }
});
// The page after a successful act names the drafts that are no longer needed.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-forget]").forEach((el) => forget(`draft:${el.dataset.forget}`));
  ready(document);
});
document.addEventListener("htmx:load", (event) => ready(event.target));
