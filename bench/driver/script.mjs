// Scripts of SQL as the statements in them.

/** What can contain a semicolon that ends no statement: texts, quoted names and comments. */
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[^]*?\*\/|;|\b(?:BEGIN|CASE|END)\b|\bCREATE\s+(?:TEMP\s+)?TRIGGER\b/gi;

/** The statements of a script, each without its semicolon. The body of a trigger belongs to the statement that creates it. */
export function statementsIn(script) {
  const statements = [];
  let [begin, depth, isTrigger] = [0, 0, false];
  const take = (end) => {
    const statement = script.slice(begin, end).trim();
    if (statement.replace(/--[^\n]*|\/\*[^]*?\*\//g, "").trim() !== "") statements.push(statement);
    [begin, depth, isTrigger] = [end + 1, 0, false];
  };
  for (const { 0: token, index } of script.matchAll(TOKEN)) {
    const word = token.toUpperCase();
    if (word.startsWith("CREATE")) isTrigger = true;
    else if (word === "CASE" || (word === "BEGIN" && isTrigger)) depth += 1;
    else if (word === "END" && depth > 0) depth -= 1;
    else if (word === ";" && depth === 0) take(index);
  }
  take(script.length);
  return statements.length > 0 ? statements : [script];
}
