/** Starts `vaultc lsp` for Markdown; all that it can do, the protocol's client shows. */
import { type ExtensionContext, commands, window, workspace } from "vscode";
import { LanguageClient } from "vscode-languageclient/node";

import { started } from "./server";

let client: LanguageClient | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  context.subscriptions.push(
    commands.registerCommand("vaultc.restart", restart),
    workspace.onDidChangeConfiguration((event) => (event.affectsConfiguration("vaultc.command") ? restart() : undefined)),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  const last = client;
  client = undefined;
  await last?.stop();
}

async function restart(): Promise<void> {
  await deactivate();
  await start();
}

async function start(): Promise<void> {
  const server = started(workspace.getConfiguration("vaultc").get("command"));
  client = new LanguageClient("vaultc", "vaultc", server, {
    documentSelector: [{ scheme: "file", language: "markdown" }],
  });
  try {
    await client.start();
  } catch (fault) {
    client = undefined;
    const why = fault instanceof Error ? fault.message : String(fault);
    void window.showErrorMessage(
      `vaultc: ${server.command} did not start (${why}). Install it with pip install 'vaultc[lsp]', or say in the setting vaultc.command where it is.`,
    );
  }
}
