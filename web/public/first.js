// Sets how the page looks, and which way it is read, before anything is drawn, so that nobody who chose dark sees a flash
// of light. A file of its own, since the content security policy allows no script in the page; the names are those of
// src/app/settings.ts, the languages those of src/words/language.ts.
(function () {
  "use strict";
  try {
    for (const name of ["theme", "motion"]) {
      const value = localStorage.getItem("tertulia.setting." + name);
      if (value && /^[a-z]{1,16}$/.test(value)) document.documentElement.dataset[name] = value;
    }
  } catch {
    // Storage is refused: the page looks as the system says.
  }
  const languages = ["en", "es", "ar"];
  let language;
  try {
    language = localStorage.getItem("tertulia.setting.language");
  } catch {
    // Storage is refused: the browser's language.
  }
  if (!languages.includes(language)) {
    const codes = (navigator.languages || []).map((tag) => tag.toLowerCase().split("-")[0]);
    language = codes.find((code) => languages.includes(code)) || "en";
  }
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
})();
