// Asks for a token, then for the numbers every second. Addresses are relative, so that a proxy may put a prefix before them.
const form = document.querySelector("form");
const numbers = document.querySelector("dl");
const status = document.querySelector("[role=status]");
let token = ""; // kept by this page alone, and gone with it

async function show() {
  let answer;
  try {
    answer = await fetch("../jobs", { headers: { Authorization: `Bearer ${token}` } });
  } catch {
    answer = { ok: false };
  }
  if (answer.status === 401) {
    form.hidden = false;
    numbers.hidden = true;
    status.textContent = "Log in to see them.";
    return;
  }
  if (answer.ok) {
    for (const [name, number] of Object.entries(await answer.json())) {
      document.getElementById(name).textContent = number;
    }
    numbers.hidden = false;
    status.textContent = `As of ${new Date().toLocaleTimeString()}.`;
  } else {
    status.textContent = "The service does not answer; the numbers are those of before.";
  }
  setTimeout(show, 1000);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  status.textContent = "One moment.";
  try {
    const answer = await fetch("../token", { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (answer.ok) {
      token = (await answer.json()).access_token;
      form.hidden = true;
      await show();
    } else {
      status.textContent = (await answer.json()).detail;
    }
  } catch {
    status.textContent = "The service does not answer.";
  }
});
