
// The map and the numbers of a day; beside them the chronicle, marked and scrolled by day.
const story = JSON.parse(document.getElementById("story-data").textContent);
const slider = document.getElementById("day");
const which = document.getElementById("which");
const box = document.querySelector(".box");
const items = [...document.querySelectorAll(".chronicle > li")];
let still = false; // whether the chronicle stays where it is, since the reader has chosen an event

const on = (changes, day) => changes.findLast(([from]) => from <= day)[1];
const paint = (element, letter, number) =>
  element.setAttribute("class", element.getAttribute("class").replace(new RegExp(`\\b${letter}\\d+\\b`), letter + number));

const show = () => {
  const day = Number(slider.value);
  document.getElementById("map-day").textContent = story.days[day];
  slider.setAttribute("aria-valuetext", story.days[day]);
  for (const place of document.querySelectorAll("g.place")) {
    const holder = on(story.holders[place.dataset.place], day);
    paint(place, "f", holder);
    place.querySelector("title").textContent = `${place.dataset.name}: ${story.factions[holder]}`;
  }
  for (const rung of document.querySelectorAll(".rung")) {
    const level = on(story.levels[rung.dataset.state], day);
    paint(rung, "l", level);
    rung.textContent = level;
    rung.parentElement.querySelector(".soft").textContent = story.words[level];
  }
  for (const told of document.querySelectorAll("[data-remains]")) {
    told.textContent = `${story.remains[told.dataset.remains][day]}\u00a0%`;
  }
  for (const item of items) {
    item.classList.toggle("now", Number(item.dataset.day) === day);
    item.classList.toggle("later", Number(item.dataset.day) > day);
  }
  const last = items.findLast((item) => !item.hidden && Number(item.dataset.day) <= day);
  const first = items.find((item) => !item.hidden && item.dataset.day === last?.dataset.day);
  if (!still) box.scrollTop = first ? first.offsetTop - 8 : 0;
};

const choose = () => {
  for (const item of items) item.hidden = which.value !== "" && !item.dataset.of.split(" ").includes(which.value);
  show();
};
which.addEventListener("change", choose);
which.parentElement.hidden = false;

// What is opened moves the map to its day; a link to an event opens it, wherever it is hidden.
for (const item of items) {
  item.querySelector("summary")?.addEventListener("click", () => {
    slider.value = item.dataset.day;
    still = true;
    show();
    still = false;
  });
}
const reveal = () => {
  const item = items.find((found) => found.id === location.hash.slice(1));
  if (!item) return;
  if (item.hidden) which.value = "";
  slider.value = item.dataset.day;
  choose();
  const folded = item.querySelector("details");
  if (folded) folded.open = true;
  box.scrollTop = item.offsetTop - 8;
};
play(show, story.first);
choose();
addEventListener("hashchange", reveal);
reveal();
