/** What is measured of each inquiry, in ms. Requests are timed by the client; what happens behind them is asked for every 50 to 400 ms, which is part of the figure. */
export const stages = ["submit", "ticket ready, with its translation", "qualify", "assign", "resolve", "answer on the customer's page", "deadline met on the desk"];

const texts = [
  { title: "Frage zur Rechnung", description: "Ich habe eine Frage zu meiner Rechnung vom letzten Monat, bitte helfen Sie mir." },
  { title: "Question about my contract", description: "Hello, I would like to know when my contract ends and how I can extend it by another year." },
  { title: "Commande jamais arrivée", description: "Bonjour, ma commande n'est jamais arrivée. Pouvez-vous m'aider, s'il vous plaît ?" },
];
const domains = ["standard.example", "premium.example", "northwind.example"];

/** The life of one inquiry, from its submission to its resolution on both sides. */
export async function live(number, { inquiries, tickets }, desk) {
  const times = {};
  const timed = async (stage, work) => {
    const began = performance.now();
    const result = await work();
    times[stage] = performance.now() - began;
    return result;
  };
  const customer = { name: "Ana", email: `customer${number % 2000}@${domains[number % domains.length]}`, category: "other", ...texts[number % texts.length] };
  const { id, statusLink } = await timed("submit", () => ask(`${inquiries}/inquiries`, customer));
  const ready = await timed("ticket ready, with its translation", () => until(() => look(`${tickets}/tickets/${id}`, desk), (ticket) => ticket?.state === "awaiting-qualification"));
  const act = (stage, verb, body, version) => timed(stage, () => ask(`${tickets}/tickets/${id}/${verb}`, body, desk, version));
  const qualified = await act("qualify", "qualification", { type: "question", severity: "low" }, ready.version);
  const assigned = await act("assign", "assignment", { personId: desk.id }, qualified.version);
  await act("resolve", "resolution", { text: "It is solved. Please write again if it comes back." }, assigned.version);
  await Promise.all([
    timed("answer on the customer's page", () => until(() => look(`${inquiries}${statusLink}`), (inquiry) => inquiry.status === "resolved" && inquiry.conversation.some((entry) => entry.kind === "desk"))),
    timed("deadline met on the desk", () => until(() => look(`${tickets}/tickets/${id}`, desk), (ticket) => ticket.deadline?.outcome === "met")),
  ]);
  return times;
}

async function ask(address, body, desk, version) {
  const headers = { "content-type": "application/json", ...(desk && { authorization: `Bearer ${desk.token}` }), ...(version && { "if-match": `"${version}"` }) };
  const reply = await fetch(address, { method: "POST", headers, body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(`${address}: ${reply.status} ${await reply.text()}`);
  return reply.json();
}

async function look(address, desk) {
  const reply = await fetch(address, { headers: desk ? { authorization: `Bearer ${desk.token}` } : {} });
  if (reply.status === 404) return null;
  if (!reply.ok) throw new Error(`${address}: ${reply.status} ${await reply.text()}`);
  return reply.json();
}

async function until(read, holds) {
  for (let pause = 50; ; pause = Math.min(pause * 2, 400)) {
    const value = await read();
    if (holds(value)) return value;
    await new Promise((done) => setTimeout(done, pause));
  }
}
