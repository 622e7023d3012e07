// Which of the [n] in an answer's text are its citations; the sources have numbers of their own.

// Spans count code points, JavaScript's strings UTF-16 units: the unit at which each code point begins.
export function unitsOf(text) {
  const units = [0];
  for (const character of text) units.push(units.at(-1) + character.length);
  return units;
}

// A statement closes with one [n] for each of its citations, inside its span or directly behind it; in
// the row of a table the last bar comes after them.
// Gives {start, end, number} in UTF-16 units, in the order of the text.
export function markersOf({ text, statements }) {
  const units = unitsOf(text);
  return (statements ?? []).flatMap(({ start, citations }, i) => {
    if (!citations.length) return [];
    const region = text.slice(units[start], units[statements[i + 1]?.start] ?? text.length);
    const [run] = /(?:\s?\[\d{1,3}\])*[\s|]*$/.exec(region);
    const offset = units[start] + region.length - run.length;
    return [...run.matchAll(/\[(\d{1,3})\]/g)].slice(-citations.length)
      .map((match) => ({ start: offset + match.index, end: offset + match.index + match[0].length, number: Number(match[1]) }))
      .filter(({ number }) => citations.includes(number));
  });
}
