// Put the interactive charts in place of the drawn ones; if one fails, its drawing stays.
const specs = JSON.parse(document.getElementById("specs").textContent);
const options = {
  // Expressions are interpreted, not compiled: the page allows no evaluation of strings.
  ast: true,
  renderer: "svg",
  actions: false,
};
for (const [name, spec] of Object.entries(specs)) {
  const place = document.getElementById(`chart-${name}`);
  window
    .vegaEmbed(place.querySelector(".interactive"), spec, options)
    .then(() => place.classList.add("shown"))
    .catch((error) => console.error(name, error));
}
