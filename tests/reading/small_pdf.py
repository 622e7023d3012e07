"""A PDF of a few pages, written by hand: lines of text in a standard Chinese font, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

#: A text, or several with their places from the left margin in points.
Line = str | Sequence[tuple[float, str]]


def small_pdf(pages: Sequence[Sequence[Line]], info: Mapping[str, str] | None = None) -> bytes:
    """Each page is a list of lines, each set 20 points below the one before.

    Chinese characters are 12 points wide, Latin ones 6, blanks 3.
    """
    font = len(pages) * 2 + 3
    kids = " ".join(f"{3 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
    ]
    for number, lines in enumerate(pages):
        shown = " ".join(f"{_shown(line)} 0 -20 Td" for line in lines)
        stream = f"BT /F1 12 Tf 50 780 Td {shown} ET"
        resources = f"<< /Font << /F1 {font} 0 R >> >>"
        objects += [
            (
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 840] /Resources {resources} "
                f"/Contents {4 + 2 * number} 0 R >>"
            ),
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        ]
    objects += [
        (
            f"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H "
            f"/DescendantFonts [{font + 1} 0 R] >>"
        ),
        (
            f"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo "
            f"<< /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor {font + 2} 0 R "
            f"/W [1 1 250 2 95 500] >>"
        ),
        (
            "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [0 0 1000 1000] "
            "/ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>"
        ),
    ]
    values = " ".join(f"/{k} <feff{v.encode('utf-16-be').hex()}>" for k, v in (info or {}).items())
    objects.append(f"<< {values} >>")
    data = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    count = len(objects) + 1
    return (
        data
        + (
            f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n"
            f"<< /Size {count} /Root 1 0 R /Info {count - 1} 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
        ).encode()
    )


def _shown(line: Line) -> str:
    if isinstance(line, str):
        return f"<{line.encode('utf-16-be').hex()}> Tj"
    return " ".join(f"{x} 0 Td {_shown(text)} {-x} 0 Td" for x, text in line)
