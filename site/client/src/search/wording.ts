// The words of the search itself, in the language of the vault.

const ENGLISH = {
  search: "Search",
  placeholder: "Words, “a phrase”, #tag",
  notes: "Notes",
  sections: "Sections",
  tags: "Tags",
  nothing: "Nothing found",
  failed: "The index cannot be loaded",
  close: "Close",
  keys: "↑ ↓ to choose, Enter to open, Esc to close",
  found: (count: number) => `${count} ${count === 1 ? "note" : "notes"}`,
};

const RUSSIAN: typeof ENGLISH = {
  search: "Поиск",
  placeholder: "Слова, «точная фраза», #тег",
  notes: "Заметки",
  sections: "Разделы",
  tags: "Теги",
  nothing: "Ничего не найдено",
  failed: "Не удалось загрузить указатель",
  close: "Закрыть",
  keys: "↑ ↓ — выбрать, Enter — открыть, Esc — закрыть",
  found: (count: number) => `Заметок: ${count}`,
};

export function wording(language: string): typeof ENGLISH {
  return language.startsWith("ru") ? RUSSIAN : ENGLISH;
}
