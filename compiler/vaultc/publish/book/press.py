"""Sets `book.typ` in a folder as `book.pdf`, in a process of its own: what is nested too deeply for Typst ends the process.

Prints Typst's warnings as JSON, or the fault that kept it from setting the pages.
"""

import json
import sys

import typst


def press(folder: str) -> dict[str, object]:
    """What there is to say of a folder's book, which is then set if it can be."""
    try:
        made, warnings = typst.compile_with_warnings(f"{folder}/book.typ", root=folder)
    except typst.TypstError as fault:
        return {"fault": fault.message}
    with open(f"{folder}/book.pdf", "wb") as file:
        file.write(made)
    return {"warnings": [warning.message for warning in warnings]}


if __name__ == "__main__":
    print(json.dumps(press(sys.argv[1])))
