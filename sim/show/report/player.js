"use strict";

// A slider of days, and a button that moves it: `draw` shows the day that it stands at.
const play = (draw, first) => {
  const slider = document.getElementById("day");
  const button = document.getElementById("play");
  let ticking = 0;
  const stop = () => {
    clearInterval(ticking);
    ticking = 0;
    button.textContent = "Play";
  };
  const step = () => {
    if (Number(slider.value) >= Number(slider.max)) return stop();
    slider.value = Number(slider.value) + 1;
    draw();
  };
  button.addEventListener("click", () => {
    if (ticking) return stop();
    if (slider.value === slider.max) slider.value = 0;
    draw();
    button.textContent = "Pause";
    ticking = setInterval(step, 150);
  });
  slider.addEventListener("input", draw);
  slider.addEventListener("pointerdown", stop);
  slider.parentElement.hidden = false;
  slider.value = first;
  draw();
};
