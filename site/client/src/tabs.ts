// Opens the tabs that a reader chose on other pages, and the one that an address names. A plain script, in the place of the theme's own.

{
  if (document.currentScript?.dataset["linked"] !== undefined) {
    const chosen = window.__md_get("__tabs");
    for (const set of document.querySelectorAll(".tabbed-set")) {
      const labels = [...set.querySelectorAll<HTMLLabelElement>(":scope > .tabbed-labels > label")];
      const names = Array.isArray(chosen) ? chosen : [];
      const label = labels.find((each) => names.includes(each.innerText.trim()));
      if (label?.control instanceof HTMLInputElement) label.control.checked = true;
    }
  }
  const named = document.getElementById(location.hash.slice(1));
  if (named instanceof HTMLInputElement && named.name.startsWith("__tabbed_")) named.checked = true;
}
