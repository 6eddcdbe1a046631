"""Records shared/notebook/fixtures/nbformat-validated.ipynb: our notebook, validated and read by nbformat.

Run from the project's root, with a Python that has nbformat:
    python bench/peers/record-nbformat.py
"""

import pathlib
import subprocess

import nbformat

fixtures = pathlib.Path("shared/notebook/fixtures")
program = (
    "import { serializeNotebook } from './shared/notebook/codec.ts';"
    "import { peerNotebook } from './shared/notebook/fixtures/peer-notebook.ts';"
    "process.stdout.write(serializeNotebook(peerNotebook))"
)
text = subprocess.run(
    ["node", "--input-type=module", "-e", program], check=True, capture_output=True
).stdout.decode("utf-8")
notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
nbformat.validate(notebook, relax_add_props=False)
assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
assert notebook.cells[2].source.startswith("select *\nfrom 'telco.csv'")
# nbformat indents by one space; otherwise its own text is the same.
assert nbformat.writes(notebook).count("\n") == text.count("\n") - 1
(fixtures / "nbformat-validated.ipynb").write_text(text, encoding="utf-8", newline="\n")
print(f"nbformat {nbformat.__version__}: valid, {len(notebook.cells)} cells")
