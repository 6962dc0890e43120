// Key and values of a doubtful record: the browser takes them to the gateway by a ticket, and reads them there. Its inputs have no
// names and stand in no form, so nothing of them can be sent to the site.
import { forgetRow } from "./rows.js";
import { ticket } from "./tickets.js";

function asText(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",")[1] || "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

async function deposit(box) {
  const show = (name, on) => { const one = box.querySelector(name); if (one) one.hidden = !on; };
  for (const name of ["[data-problem]", "[data-done]", "[data-too-large]", "[data-key-missing]"]) show(name, false);
  const claim = { key: {}, present: {}, believed: {}, words: box.querySelector("[data-claim-words]").value };
  box.querySelectorAll("[data-key]").forEach((one) => { claim.key[one.dataset.key] = one.value.trim(); });
  box.querySelectorAll("[data-present]").forEach((one) => { if (one.value) claim.present[one.dataset.present] = one.value; });
  box.querySelectorAll("[data-believed]").forEach((one) => { if (one.value) claim.believed[one.dataset.believed] = one.value; });
  if (Object.values(claim.key).some((value) => !value)) return show("[data-key-missing]", true);
  const file = box.querySelector("[data-claim-file]").files[0];
  if (file && file.size > 1048576) return show("[data-too-large]", true);
  try {
    if (file) claim.file = { name: file.name, data: await asText(file) };
    const address = await ticket(box, box.dataset.claimDeposit);
    const answer = await fetch(address, {
      method: "POST", body: JSON.stringify(claim), headers: { "content-type": "application/json" }, cache: "no-store", credentials: "omit",
    });
    if (!answer.ok) throw new Error("");
    show("[data-done]", true);
    forgetRow(box);
    box.querySelectorAll("input:not([type=hidden]), textarea").forEach((one) => { one.value = ""; });
    window.setTimeout(() => window.location.reload(), 2500);
  } catch (error) {
    if (error.message) box.querySelector("[data-said]").textContent = error.message;
    show("[data-problem]", true);
  }
}

async function read(box) {
  const names = {};
  box.querySelectorAll("[data-column]").forEach((one) => { names[one.dataset.column] = one.textContent; });
  const table = box.querySelector(".table-box");
  const line = (cells) => {
    const row = table.querySelector("tbody").appendChild(document.createElement("tr"));
    for (const text of cells) row.appendChild(document.createElement("td")).textContent = text || "—";
  };
  box.querySelector("[data-problem]").hidden = true;
  try {
    const address = await ticket(box, box.dataset.claimRead);
    const answer = await fetch(address, { method: "POST", cache: "no-store", credentials: "omit" });
    if (!answer.ok) throw new Error("");
    const claim = await answer.json();
    table.querySelector("tbody").textContent = "";
    for (const [code, value] of Object.entries(claim.key)) line([names[code] || code, value, ""]);
    for (const code of new Set([...Object.keys(claim.present), ...Object.keys(claim.believed)])) {
      line([names[code] || code, claim.present[code], claim.believed[code]]);
    }
    table.hidden = false;
    box.querySelector("[data-words]").textContent = claim.words;
    if (claim.file) {
      const bytes = Uint8Array.from(atob(claim.file.data), (sign) => sign.charCodeAt(0));
      const link = box.querySelector("[data-file]");
      link.href = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
      link.download = claim.file.name;
      link.textContent = claim.file.name;
      link.hidden = false;
    }
  } catch (error) {
    if (error.message) box.querySelector("[data-problem] p").textContent = error.message;
    box.querySelector("[data-problem]").hidden = false;
  }
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-claim-deposit], [data-claim-read]");
  const button = event.target.closest("[data-send], [data-open]");
  if (!box || !button || button.disabled) return;
  button.disabled = true;
  (button.hasAttribute("data-send") ? deposit(box) : read(box)).finally(() => { button.disabled = false; });
});
