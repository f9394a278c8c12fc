// Runs before the theme's own script, to change three things in it. A plain script, in which a block keeps names to itself.

import type { Mermaid, MermaidConfig } from "mermaid";

{
  // 1. What a reader chose it keeps under the address of the site, by functions that it has in each page; no script may stand there.
  const given = document.currentScript?.dataset["scope"] ?? ".";
  const scope = new URL(given.endsWith("/") ? given : `${given}/`, location.href);
  const named = (key: string, base: URL): string => `${base.pathname}.${key}`;

  function get(key: string, store = localStorage, base = scope): unknown {
    return JSON.parse(store.getItem(named(key, base)) ?? "null");
  }

  function set(key: string, value: unknown, store = localStorage, base = scope): void {
    try {
      store.setItem(named(key, base), JSON.stringify(value));
    } catch {
      // a browser that keeps nothing
    }
  }

  const hash = (text: string): number => [...text].reduce((sum, sign) => (sum << 5) - sum + sign.charCodeAt(0), 0);

  Object.assign(window, { __md_scope: scope, __md_hash: hash, __md_get: get, __md_set: set });
  document.documentElement.dataset["platform"] = navigator.platform;

  // 2. It would fetch Mermaid from another host unless `mermaid` is defined. What is defined here loads the bundled one when
  // the first diagram is to be drawn.
  let config: MermaidConfig = {};
  // What no diagram may set: Mermaid's own list, and what becomes style sheets, which can lie over the page and fetch from elsewhere.
  const SECURE = ["secure", "securityLevel", "startOnLoad", "maxTextSize", "suppressErrorRendering", "maxEdges"].concat(
    ["themeCSS", "fontFamily", "altFontFamily"],
  );
  let loaded: Promise<Mermaid> | undefined;

  const load = async (): Promise<Mermaid> => {
    const { loadMermaid } = await import("./mermaid");
    const mermaid = await loadMermaid();
    mermaid.initialize(config);
    return mermaid;
  };

  const onDemand: Pick<Mermaid, "initialize" | "render"> = {
    initialize(given) {
      config = { ...given, secure: SECURE };
    },
    async render(...given) {
      loaded ??= load();
      return (await loaded).render(...given);
    },
  };

  // 3. Its search sends each query as it is typed to a worker, which compares beginnings of words.
  const QUERY = 2;

  // Material sends the words themselves, Zensical an object that holds them beside filters.
  type Words = string | Readonly<{ input: string }>;
  const areWords = (data: unknown): data is Words =>
    typeof data === "string" ||
    (typeof data === "object" && data !== null && "input" in data && typeof data.input === "string");
  const isQuery = (message: unknown): message is { type: typeof QUERY; data: Words } =>
    typeof message === "object" &&
    message !== null &&
    "type" in message &&
    message.type === QUERY &&
    "data" in message &&
    areWords(message.data);

  class QueryingWorker extends Worker {
    private readonly searches: boolean;
    private widen: (query: string) => string = (query) => query;

    constructor(address: string | URL, options?: WorkerOptions) {
      super(address, options);
      this.searches = /\/workers\/search\.[^/]*$/.test(String(address));
      if (this.searches) void import("./search/widen").then(({ widen }) => (this.widen = widen));
    }

    override postMessage(message: unknown, options?: StructuredSerializeOptions | Transferable[]): void {
      const sent = this.searches && isQuery(message) ? { ...message, data: this.widened(message.data) } : message;
      if (Array.isArray(options)) super.postMessage(sent, options);
      else super.postMessage(sent, options);
    }

    private widened(words: Words): Words {
      return typeof words === "string" ? this.widen(words) : { ...words, input: this.widen(words.input) };
    }
  }

  Object.assign(window, { mermaid: onDemand, Worker: QueryingWorker });
}
