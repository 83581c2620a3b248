// What Solara and Vuetify leave out for those who use a screen reader or a keyboard.
(function () {
  "use strict";
  document.documentElement.lang = "en";
  // Everybody may enlarge the page.
  const viewport = document.querySelector('meta[name="viewport"]');
  if (viewport) viewport.content = "width=device-width, initial-scale=1";

  const set = (element, name, value) => {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  };
  const GLYPHS = { "▶": "Play", "❚❚": "Pause" };

  function mend() {
    // Buttons that are a picture or a glyph need a name.
    document.querySelectorAll(".v-app-bar__nav-icon").forEach((button) => {
      set(button, "aria-label", "Show or hide the settings");
    });
    document.querySelectorAll("button .v-btn__content").forEach((content) => {
      const name = GLYPHS[content.textContent.trim()];
      if (name) set(content.closest("button"), "aria-label", name);
    });
    // A list to choose from is a button that holds an input, which is one control too many: the
    // input, which has the label and the keyboard, becomes the control.
    document.querySelectorAll(".v-select .v-input__slot").forEach((slot) => {
      const input = slot.querySelector('input[type="text"]');
      if (!input) return;
      set(input, "role", "combobox");
      set(input, "aria-haspopup", "listbox");
      // Vue writes its state on the slot whenever it changes: it moves on to the input.
      const open = slot.getAttribute("aria-expanded");
      if (open !== null) set(input, "aria-expanded", open);
      const list = slot.getAttribute("aria-owns");
      if (list) set(input, "aria-controls", list);
      for (const name of ["role", "aria-haspopup", "aria-expanded", "aria-owns"]) {
        if (slot.hasAttribute(name)) slot.removeAttribute(name);
      }
    });
    // The bar's title is the page's heading.
    document.querySelectorAll(".v-app-bar .v-toolbar__title").forEach((title) => {
      set(title, "role", "heading");
      set(title, "aria-level", "1");
    });
    // What scrolls can be scrolled by keyboard.
    document.querySelectorAll("main .v-content__wrap > div, ol.log").forEach((element) => {
      set(element, "tabindex", "0");
    });
  }

  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      mend();
    });
  }).observe(document.documentElement, {
    childList: true,
    subtree: true,
    characterData: true,
    attributeFilter: ["role", "aria-expanded", "aria-owns"],
  });
})();
