"""Rows of Markdown tables: their heads, their cells, and which one a question names."""
