
"use strict";
// The page works without this: it adds the choice of a class, and details of a picture.
(() => {
  const shown = document.getElementById("shown");
  document.querySelectorAll(".pictures button").forEach((button) => {
    button.addEventListener("click", () => {
      const figure = button.closest("figure");
      const details = figure.querySelector("dl").cloneNode(true);
      const prompt = document.createElement("p");
      const close = document.createElement("button");
      details.hidden = false;
      prompt.textContent = figure.querySelector(".prompt").textContent;
      prompt.dir = "auto";
      close.textContent = "Close";
      close.addEventListener("click", () => shown.close());
      shown.replaceChildren(button.firstElementChild.cloneNode(), prompt, details, close);
      shown.showModal();
    });
  });
  shown.addEventListener("click", (event) => {
    if (event.target === shown) {
      shown.close();
    }
  });

  const choices = document.getElementById("classes");
  const sheets = document.querySelectorAll(".sheet");
  if (choices && sheets.length > 1) {
    const choose = (chosen) => {
      sheets.forEach((sheet) => {
        sheet.hidden = chosen !== null && sheet !== chosen;
      });
    };
    const add = (text, sheet) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      button.dir = "auto";
      button.setAttribute("aria-pressed", String(sheet === null));
      button.addEventListener("click", () => {
        choices.querySelectorAll("button").forEach((other) => {
          other.setAttribute("aria-pressed", String(other === button));
        });
        choose(sheet);
      });
      choices.append(button);
    };
    add("All", null);
    sheets.forEach((sheet) => add(sheet.querySelector("h3 bdi").textContent, sheet));
  }
})();
