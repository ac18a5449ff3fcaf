// The coverage page: another table without loading the whole page. Everything works without this script too.
import { swapping } from "./swapping.js";

swapping({
  region: "coverage-view",
  status: "coverage-status",
  form: document.querySelector(".coverage-form"),
});
