/**
 * A JSON array of objects as JSON lines. Works on the text, so that numbers keep their digits.
 * Throws when the text is no array.
 */
export function jsonArrayToLines(text: string): string {
  const json = text.trim();
  if (!json.startsWith('[') || !json.endsWith(']')) throw new Error('not a JSON array');
  const lines: string[] = [];
  let line = '';
  let depth = 0;
  let inString = false;
  for (let at = 1; at < json.length - 1; at += 1) {
    const character = json.charAt(at);
    if (inString) {
      line += character;
      if (character === '\\') line += json.charAt((at += 1));
      else if (character === '"') inString = false;
    } else if (character === ',' && depth === 0) {
      lines.push(line);
      line = '';
    } else if (!' \t\r\n'.includes(character)) {
      line += character;
      inString = character === '"';
      if (character === '{' || character === '[') depth += 1;
      if (character === '}' || character === ']') depth -= 1;
    }
  }
  if (line !== '') lines.push(line);
  return lines.map((each) => `${each}\n`).join('');
}
