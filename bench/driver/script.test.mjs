import assert from "node:assert/strict";
import { test } from "node:test";
import { statementsIn } from "./script.mjs";

test("a script is split where a statement ends, and nowhere else", () => {
  const cases = [
    ["SELECT 1", ["SELECT 1"]],
    ["SELECT 1;", ["SELECT 1"]],
    ["CREATE TABLE a (x); -- one; more\nINSERT INTO a VALUES (';');", ["CREATE TABLE a (x)", "-- one; more\nINSERT INTO a VALUES (';')"]],
    ["SELECT 'it''s; so' /* ; */; SELECT \"a;b\"", ["SELECT 'it''s; so' /* ; */", 'SELECT "a;b"']],
    ["SELECT CASE WHEN 1 THEN 2 END; SELECT 3", ["SELECT CASE WHEN 1 THEN 2 END", "SELECT 3"]],
  ];
  for (const [script, statements] of cases) assert.deepEqual(statementsIn(script), statements);
});

test("the body of a trigger belongs to it", () => {
  const trigger = "CREATE TRIGGER t BEFORE UPDATE ON events BEGIN SELECT CASE WHEN 1 THEN RAISE(ABORT, 'no; never') END; SELECT 2; END";
  assert.deepEqual(statementsIn(`${trigger}; SELECT 1`), [trigger, "SELECT 1"]);
});

test("a script without a statement is left as it is", () => {
  for (const script of ["", "  ", "-- nothing"]) assert.deepEqual(statementsIn(script), [script]);
});
