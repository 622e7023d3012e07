"""What a text names, found by its form: figures by value, dates, persons, places, ranges."""
