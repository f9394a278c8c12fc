/** The program to start for a setting; the usual one where the setting holds no words. */
export function started(setting: unknown): { command: string; args: string[] } {
  const words = Array.isArray(setting) ? setting.filter((it): it is string => typeof it === "string" && it !== "") : [];
  const [command = "vaultc", ...args] = words.length ? words : ["vaultc", "lsp"];
  return { command, args };
}
