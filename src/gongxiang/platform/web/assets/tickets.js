// A ticket of the site, with which this browser goes to the gateway: what it carries there or takes there never comes to the site.
export async function ticket(box, address, values = {}) {
  const token = box.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(address, {
    method: "POST", headers: { "X-CSRFToken": token }, body: new URLSearchParams(values), cache: "no-store",
  });
  const value = await answer.json().catch(() => ({}));
  if (!answer.ok || !value.address) throw new Error([value.problem, value.advice].filter(Boolean).join(" "));
  return value.address;
}
