// Reads the table that the list saves. Written apart from the writer under test, on purpose.

/** Records of a CSV after RFC 4180, by the names of their columns. */
export function parseCsv(text: string): Record<string, string>[] {
  const records: string[][] = [[]];
  let [field, quoted] = ["", false];
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (quoted && letter === '"' && text[at + 1] === '"') {
      field += '"';
      at++;
    } else if (letter === '"') {
      quoted = !quoted;
    } else if (!quoted && (letter === "," || letter === "\n")) {
      records[records.length - 1].push(field.replace(/\r$/, ""));
      field = "";
      if (letter === "\n") records.push([]);
    } else {
      field += letter;
    }
  }
  const [head, ...rows] = records.filter((record) => record.length > 0);
  return rows.map((row) => Object.fromEntries(head.map((name, at) => [name, row[at]])));
}
