// The slider and picture of load_curve.py. Plain DOM and SVG: nothing is loaded from a network.
const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 560, HEIGHT = 240, LEFT = 72, BOTTOM = 44, TOP = 12, RIGHT = 16;

function shape(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

// Up to `most` steps of 1, 2 or 5 times a power of ten, from 0 to the end.
function ticks(end, most) {
  const power = 10 ** Math.floor(Math.log10(end / most));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => end / size <= most);
  return Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, number) => number * step);
}

function picture(points, most) {
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", width: "100%", style: `max-width:${WIDTH}px` });
  const longest = Math.max(0.1, ...points.map((point) => point.last));
  const x = (clients) => LEFT + (clients / most) * (WIDTH - LEFT - RIGHT);
  const y = (seconds) => HEIGHT - BOTTOM - (seconds / longest) * (HEIGHT - BOTTOM - TOP);
  const ink = { stroke: "currentColor", fill: "none" };
  const words = { fill: "currentColor", "font-size": "12", "font-family": "sans-serif" };
  const said = points.map((point) => `${point.clients} clients ${Math.round(point.last * 1000)} ms`).join(", ");
  svg.append(shape("title", {}, `Wait of the last client: ${said || "no point yet"}`));
  svg.append(shape("path", { ...ink, d: `M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}` }));
  for (const value of ticks(longest * 1000, 5)) {
    const at = y(value / 1000);
    svg.append(shape("path", { ...ink, d: `M${LEFT} ${at}H${WIDTH - RIGHT}`, "stroke-opacity": "0.15" }));
    svg.append(shape("text", { ...words, x: LEFT - 6, y: at + 4, "text-anchor": "end" }, `${Math.round(value)}`));
  }
  for (const value of ticks(most, 8).map((value) => Math.round(value)).filter((value, at, all) => all.indexOf(value) === at)) {
    svg.append(shape("path", { ...ink, d: `M${x(value)} ${HEIGHT - BOTTOM}v4` }));
    svg.append(shape("text", { ...words, x: x(value), y: HEIGHT - BOTTOM + 17, "text-anchor": "middle" }, `${value}`));
  }
  svg.append(shape("text", { ...words, x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, "clients at once"));
  const middle = (TOP + HEIGHT - BOTTOM) / 2;
  const turned = { ...words, x: 14, y: middle, "text-anchor": "middle", transform: `rotate(-90 14 ${middle})` };
  svg.append(shape("text", turned, "wait of the last, in ms"));
  if (points.length) {
    const line = points.map((point) => `${x(point.clients)},${y(point.last)}`).join(" ");
    svg.append(shape("polyline", { ...ink, points: line, "stroke-width": "2" }));
  }
  for (const point of points) {
    const dot = shape("circle", { cx: x(point.clients), cy: y(point.last), r: 4, fill: "currentColor" });
    dot.append(shape("title", {}, `${point.clients} clients: ${Math.round(point.last * 1000)} ms`));
    svg.append(dot);
  }
  return svg;
}

function render({ model, el }) {
  const label = document.createElement("label");
  const number = document.createElement("output");
  const slider = document.createElement("input");
  const status = document.createElement("p");
  const figure = document.createElement("div");
  slider.type = "range";
  slider.min = 1;
  slider.max = model.get("most");
  slider.value = model.get("clients");
  slider.style.cssText = "width:60%;vertical-align:middle;margin:0 1em";
  slider.setAttribute("data-lm-suppress-shortcuts", "true"); // else JupyterLab takes its keys
  status.setAttribute("role", "status");
  status.setAttribute("aria-live", "polite");
  label.append("Clients at once", slider, number);
  el.append(label, figure, status);

  let rest;
  const show = () => { number.textContent = slider.value; };
  const draw = () => figure.replaceChildren(picture(model.get("points"), model.get("most")));
  const tell = () => { status.textContent = model.get("status"); };
  slider.addEventListener("input", () => {
    show();
    clearTimeout(rest);
    rest = setTimeout(() => {
      status.textContent = `Measuring ${slider.value} clients …`;
      model.set("clients", Number(slider.value));
      model.save_changes();
    }, 400);
  });
  model.on("change:points", draw);
  model.on("change:status", tell);
  show(); draw(); tell();
  return () => { clearTimeout(rest); model.off("change:points", draw); model.off("change:status", tell); };
}

export default { render };
