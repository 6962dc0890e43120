// A doubtful row on its way from a sample, or from another system's link, to the deposit at the gateway: kept in this browser's tab
// alone, never sent to the site. A link brings it behind the sign `#`, which browsers keep to themselves.
const MOST = 4000;
const nameOf = (id) => `draft:row-${id}`;

function keepRow(grant, row) {
  const known = Object.entries(row).filter(([, value]) => typeof value === "string" && value && value.length <= MOST);
  sessionStorage.setItem(nameOf(grant), JSON.stringify(Object.fromEntries(known)));
}

// One more column in a sample: each row leads to the report of a doubt.
export function addDoubts(box, value) {
  const word = box.querySelector("[data-doubt-word]").textContent;
  box.querySelector("thead tr").appendChild(document.createElement("th")).textContent = word;
  box.querySelectorAll("tbody tr").forEach((line, index) => {
    const link = line.appendChild(document.createElement("td")).appendChild(document.createElement("a"));
    link.href = box.dataset.doubt;
    link.textContent = word;
    const row = Object.fromEntries(value.columns.map((one, at) => [one.code, value.rows[index][at]]));
    link.addEventListener("click", () => keepRow(box.dataset.grant, row));
  });
}

export function carryRow(root) {
  const kept = root.querySelector("[data-row-kept]");
  if (kept) {
    const brought = window.location.hash.slice(1);
    if (brought.includes("=")) {
      keepRow(kept.dataset.rowKept, Object.fromEntries(new URLSearchParams(brought)));
      window.history.replaceState(null, "", window.location.pathname + window.location.search);
    }
    kept.hidden = !sessionStorage.getItem(nameOf(kept.dataset.rowKept));
  }
  const box = root.querySelector("[data-claim-deposit]");
  if (box) fill(box);
}

function fill(box) {
  // The row goes with the case that was reported with it, not with the next one under the same grant.
  const brought = box.dataset.grant && sessionStorage.getItem(nameOf(box.dataset.grant));
  if (brought) {
    sessionStorage.setItem(nameOf(box.dataset.case), brought);
    sessionStorage.removeItem(nameOf(box.dataset.grant));
  }
  const row = JSON.parse(sessionStorage.getItem(nameOf(box.dataset.case)) || "{}");
  let filled = false;
  box.querySelectorAll("[data-key], [data-present]").forEach((one) => {
    const value = row[one.dataset.key || one.dataset.present];
    if (!value) return;
    one.value = value;
    filled = true;
  });
  box.querySelector("[data-row-filled]").hidden = !filled;
}

export function forgetRow(box) {
  sessionStorage.removeItem(nameOf(box.dataset.case));
}
