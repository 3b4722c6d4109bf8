// A table sorts by the column whose heading is clicked, or pressed with Enter or Space; a second time, the other way.
const number = (text) => {
  if (text === "never") return Infinity;
  const found = text.replaceAll(",", "").replace("−", "-").match(/-?\d+(\.\d+)?/);
  return found === null ? -Infinity : Number(found[0]) - (text.startsWith("<") ? 1e-9 : 0);
};
const compare = (isNumber) => (one, other) =>
  isNumber ? Math.sign(number(one.text) - number(other.text)) || 0 : one.text.localeCompare(other.text, "en");

const sort = (table, column, heading) => {
  const order = heading.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
  const rows = [...table.tBodies[0].rows].map((row) => ({ row, text: row.cells[column].textContent.trim() }));
  const sign = order === "ascending" ? 1 : -1;
  const by = compare(heading.classList.contains("number"));
  rows.sort((one, other) => sign * by(one, other));
  for (const other of heading.parentElement.cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", order);
  table.tBodies[0].append(...rows.map(({ row }) => row));
};

for (const table of document.querySelectorAll("table.sortable")) {
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sort(table, column, heading));
    heading.append(button);
  });
}

// A link to a table opens all that it is folded into.
const reveal = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const open = (folded) => {
    if (!folded) return;
    folded.open = true;
    open(folded.parentElement.closest("details"));
  };
  if (target?.closest("details")) {
    open(target.closest("details"));
    target.scrollIntoView();
  }
};
addEventListener("hashchange", reveal);
reveal();

// The map: a slider chooses the day, a place tells its share.
const map = JSON.parse(document.getElementById("map-data").textContent);
if (map) {
  const slider = document.getElementById("day");
  const readout = document.getElementById("readout");
  const invitation = readout.textContent;
  const places = [...document.querySelectorAll("a.place")];
  const numbers = [...document.querySelectorAll("[data-share]")];
  let told = null;

  const share = (place) => map.places[place].shares[map.places[place].days[slider.value]]; // alone, and with its interval
  const shade = (element, place) => {
    const colour = map.places[place].classes[slider.value];
    element.setAttribute("class", element.getAttribute("class").replace(/\bc\d\b/, `c${colour}`));
  };
  const tell = (place) => {
    told = place;
    readout.textContent = place === null ? invitation : `${map.places[place].name}: lost by ${map.days[slider.value]} in ${share(place)[1]} of runs`;
  };
  const draw = () => {
    const day = map.days[slider.value];
    slider.setAttribute("aria-valuetext", day);
    document.getElementById("map-day").textContent = day;
    for (const element of places) {
      const place = element.dataset.place;
      shade(element, place);
      element.querySelector("title").textContent = `${map.places[place].name}: ${share(place)[1]}`;
    }
    for (const element of numbers) {
      const [alone] = share(element.dataset.share);
      const isBare = "bare" in element.dataset;
      element.textContent = isBare ? alone.replace("\u00a0%", "") : alone;
      if (isBare) shade(element, element.dataset.share);
    }
    tell(told);
  };

  for (const element of places) {
    for (const event of ["pointerenter", "focus"]) element.addEventListener(event, () => tell(element.dataset.place));
    // A finger cannot point without pressing: its first touch tells, and does not follow the link.
    element.addEventListener("click", (event) => event.pointerType === "touch" && event.preventDefault());
  }
  play(draw, map.first);
}
