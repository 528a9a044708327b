// Prints the name of the moment for the commit that is given, or of the ordinary one: `node choose-moment.mjs [COMMIT]`.

import { ORDINARY, momentOf } from "./moments.mjs";

const [, , commit] = process.argv;
console.log(commit ? momentOf(commit) : ORDINARY);
