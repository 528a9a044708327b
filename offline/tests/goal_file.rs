//! What `goals.yaml` may contain: a mistake fails the build with the kind and the field.

#[path = "../build/goal_file.rs"]
#[expect(dead_code, reason = "the build script reads the other fields")]
mod goal_file;

/// A file with one kind of one step, and the kind for all other goals.
const VALID: &str = "
units:
  pages: [page, pages]
kinds:
  reading:
    words: [read]
    units: [pages]
    patterns: [finish the? book]
    leads: [read]
    object: the book
    activity: study
    sessions:
      - title: Read {object}
        description: Every evening.
        minutes: 45
        per_week: 4
        weeks: 6
        milestone: Read to the end
        counted_milestone: '{number} {unit} are read'
    steps:
      - title: Get {object}
        description: Buy or borrow it.
        why: It has to be there.
      - title: 'Read {object}: {topic}'
        counted_title: Read {unit} {part} of {number}
        description: Take your time.
        why: That is the goal.
        topics: [the beginning, the end]
        after: [1]
  other:
    object: the goal
    steps:
      - title: Do “{goal}”
        description: Begin now.
        why: That is the goal.
";

#[test]
fn a_valid_file_is_read_in_its_order() {
    let file = goal_file::parse(VALID).unwrap();
    let names: Vec<&str> = file.kinds.0.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["reading", "other"]);
    let steps = &file.kinds.0[0].1.steps;
    assert_eq!((steps[0].minutes, steps[0].priority.name(), steps[1].topics.len()), (30, "medium", 2));
    assert_eq!(steps[1].counted_title.as_deref(), Some("Read {unit} {part} of {number}"));
}

#[test]
fn a_mistake_is_reported_with_its_kind_and_field() {
    for (valid, mistake, reported) in [
        ("title: Get {object}", "tittle: Get {object}", "kinds.reading.steps[0]: unknown field `tittle`"),
        ("title: Get {object}", "title: [Get]", "kinds.reading.steps[0].title: invalid type"),
        ("        why: It has to be there.\n", "", "kinds.reading.steps[0]: missing field `why`"),
        ("after: [1]", "priority: urgent", "kinds.reading.steps[1].priority: unknown variant `urgent`"),
        ("  other:", "  reading:", "two entries named `reading`"),
        ("[page, pages]", "[]", "unit pages: there are no words"),
        ("[read]\n    units", "[Read]\n    units", "kind reading, words: `Read`"),
        ("units: [pages]", "units: [miles]", "kind reading, units: `miles`"),
        ("finish the? book", "finish  the book", "kind reading, patterns: `finish  the book`"),
        ("finish the? book", "finish? the?", "kind reading, patterns: `finish? the?` fits anything"),
        ("leads: [read]", "leads: [read?now]", "kind reading, leads: `read?now`"),
        ("object: the book", "object: ''", "kind reading, object: \"\""),
        ("Get {object}", "Get {objekt}", "kind reading, step 1, title: `{objekt}`"),
        ("Get {object}", "Get {object", "kind reading, step 1, title: `Get {object`"),
        ("Get {object}", "Get {part}", "kind reading, step 1, title: `{part}`"),
        ("Buy or borrow it.", "Buy or borrow it", "kind reading, step 1, description: it is not a sentence"),
        ("It has to be there.", "Without it, {object} fails.", "kind reading, step 1, why: `{object}`"),
        ("after: [1]", "after: [2]", "kind reading, step 2, after: [2]"),
        ("after: [1]", "after: [0]", "kind reading, step 2, after: [0]"),
        ("after: [1]", "minutes: 7", "kind reading, step 2, minutes: 7"),
        ("'Read {object}: {topic}'", "Read {object}", "kind reading, step 2, title: a step with topics needs"),
        ("activity: study", "activity: fun", "kind reading, activity: `fun`"),
        ("    activity: study\n", "", "kind reading, activity: ``"),
        ("Every evening.", "Every evening", "kind reading, session 1, description: it is not a sentence"),
        ("Read to the end", "Read {topic}", "kind reading, session 1, milestone: `{topic}`"),
        ("{number} {unit} are", "{part} {unit} are", "kind reading, session 1, counted_milestone: `{part}`"),
        ("minutes: 45", "minutes: 42", "kind reading, session 1, minutes: 42"),
        ("per_week: 4", "per_week: 8", "kind reading, session 1, per_week: 8"),
        ("weeks: 6", "weeks: 0", "kind reading, session 1, weeks: 0"),
        ("{part} of", "{share} of", "kind reading, step 2, counted_title: `{share}`"),
        ("    units: [pages]\n", "", "kind reading, session 1, counted_milestone: it needs units"),
        ("  other:\n", "  other:\n    words: [any]\n", "kind other: the last kind takes every goal"),
        (
            "    words: [read]\n    units: [pages]\n    patterns: [finish the? book]\n",
            "",
            "kind reading: it needs words",
        ),
    ] {
        assert!(VALID.contains(valid), "{valid}");
        let problem = goal_file::parse(&VALID.replacen(valid, mistake, 1)).unwrap_err();
        assert!(problem.contains(reported), "{valid} -> {mistake}: {problem}");
    }
}
