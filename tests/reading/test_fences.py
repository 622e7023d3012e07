"""Which lines of Markdown are code."""

import pytest

from rag.reading.fences import fenced_blocks


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("a\n```bash\n# b\n```\nc", ["```bash\n# b\n```"]),
        ("````\n```\n````\nx", ["````\n```\n````"]),
        ("- ```\n  # b\n  ```\n", ["- ```\n  # b\n  ```"]),
        ("~~~ python\n# b\n~~~", ["~~~ python\n# b\n~~~"]),
        ("```\nnever closed", []),
        ("~~~~~~~~\n第一章\n~~~~~~~~", []),
        ("```in a line``` and more\n# b\n```", []),
    ],
)
def test_blocks_of_code(text, blocks) -> None:
    assert [text[start:end] for start, end in fenced_blocks(text)] == blocks
