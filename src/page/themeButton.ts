/** The button that changes the theme; hidden until this script runs. */
import { storeTheme } from "./storedTheme.js";
import { currentTheme, setTheme } from "./theme.js";

const button = document.getElementById("theme");
if (button) {
  const label = (): void => {
    button.textContent = currentTheme() === "dark" ? "Light colours" : "Dark colours";
  };
  button.hidden = false;
  label();
  button.addEventListener("click", () => {
    setTheme(currentTheme() === "dark" ? "light" : "dark");
    storeTheme(currentTheme());
    label();
  });
}
