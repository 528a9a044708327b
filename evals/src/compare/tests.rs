use super::*;
use crate::report::samples::{by, failed, fault, passed};

fn cases(list: &[Difference]) -> Vec<&str> {
    list.iter().map(|difference| difference.case.as_str()).collect()
}

fn no(case: &str, repeat: u32) -> Record {
    failed(case, repeat, "added", "nothing was")
}

#[test]
fn with_one_attempt_each_it_is_mcnemars_test() {
    let first = [passed("a", 1), no("b", 1), no("c", 1), passed("d", 1), no("e", 1)];
    let second = [passed("a", 1), passed("b", 1), passed("c", 1), failed("d", 1, "reply", "it asks"), no("e", 1)];
    let comparison = compare(&first, &second);
    assert_eq!((comparison.pairs, comparison.both_pass, comparison.neither_passes), (5, 1, 1));
    assert_eq!((cases(&comparison.better), cases(&comparison.worse)), (vec!["b", "c"], vec!["d"]));
    assert_eq!(comparison.test, mcnemar(2, 1));
    assert_eq!(comparison.better[0].trouble.to_string(), "added: nothing was", "what was fixed");
    assert_eq!(comparison.worse[0].trouble.to_string(), "reply: it asks", "what is broken");
}

#[test]
fn with_several_attempts_the_share_that_passed_decides_and_a_case_counts_once() {
    let table: [(&str, &[bool], &[bool], i8); 6] = [
        ("rises", &[true, false, false], &[true, true, false], 1),
        ("falls", &[true, true], &[true, false], -1),
        ("stays-mixed", &[true, false], &[false, true], 0),
        ("same-share-of-other-number", &[true, false], &[true, true, false, false], 0),
        ("rises-by-more-tries", &[true, false], &[true, true, false], 1),
        ("falls-to-nothing", &[true, true, true], &[false], -1),
    ];
    let attempts = |case: &str, went: &[bool]| -> Vec<Record> {
        let one = |(index, passes): (u32, &bool)| if *passes { passed(case, index) } else { no(case, index) };
        (1..).zip(went).map(one).collect()
    };
    for (case, old, new, expected) in table {
        let comparison = compare(&attempts(case, old), &attempts(case, new));
        let got = i8::from(!comparison.better.is_empty()) - i8::from(!comparison.worse.is_empty());
        assert_eq!(got, expected, "{case}");
        assert_eq!(comparison.test.better + comparison.test.worse, u64::from(expected != 0), "{case}");
    }
}

#[test]
fn the_largest_difference_comes_first() {
    let first = [passed("b", 1), passed("b", 2), passed("a", 1), passed("a", 2), passed("c", 1), passed("c", 2)];
    let second = [passed("b", 1), no("b", 2), no("a", 1), passed("a", 2), no("c", 1), no("c", 2)];
    assert_eq!(cases(&compare(&first, &second).worse), ["c", "a", "b"]);
}

#[test]
fn what_could_not_be_made_is_neither_better_nor_worse() {
    let first = [passed("a", 1), fault("b", 1, "no zone"), passed("c", 1), fault("c", 2, "no zone")];
    let second = [fault("a", 1, "no zone"), passed("b", 1), passed("c", 1), passed("d", 1)];
    let comparison = compare(&first, &second);
    assert_eq!((comparison.pairs, comparison.both_pass), (1, 1));
    assert_eq!((comparison.better.len(), comparison.worse.len()), (0, 0));
    assert_eq!(comparison.only_first, ["a"]);
    assert_eq!(comparison.only_second, ["b", "d"]);
}

#[test]
fn contenders_of_one_run_are_compared_with_the_first() {
    let records = [by("x", passed("a", 1)), by("y", no("a", 1)), by("z", passed("a", 1)), by("y", passed("b", 1))];
    let found = within(&records);
    let found: Vec<_> =
        found.iter().map(|it| (it.first[0].to_string(), it.second[0].to_string(), it.worse.len())).collect();
    assert_eq!(found, [("x".to_owned(), "y".to_owned(), 1), ("x".to_owned(), "z".to_owned(), 0)]);
    assert_eq!(within(&[]), []);
}

#[test]
fn two_runs_with_one_contender_each_are_compared_and_others_with_themselves() {
    let (x, y) = ([by("x", passed("a", 1))], [by("y", no("a", 1))]);
    assert_eq!(runs(&x, &y).len(), 1);
    let both = [x.clone(), y.clone()].concat();
    let found = runs(&both, &y);
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].first, &found[0].second), (&contenders(&y), &contenders(&y)));
}

#[test]
fn it_is_told_in_lines() {
    let first = [passed("a-case", 1), no("solved", 1), passed("kept", 1), no("lost", 1), passed("gone", 1)];
    let broken = "B4 \"Gym\" 2026-03-02T18:00 (60 min) is as it was: that is a long line which has to be cut somewhere";
    let second = [
        failed("a-case", 1, "changed", broken),
        passed("solved", 1),
        passed("kept", 1),
        no("lost", 1),
        passed("new", 1),
    ];
    let second = second.map(|record| by("n", record));
    insta::assert_snapshot!(terminal(&compare(&first, &second), 80, false));
}

#[test]
fn a_difference_is_called_chance_where_it_may_be() {
    let names: Vec<String> = (0..6).map(|index| format!("case-{index}")).collect();
    let found = |count: usize| {
        let first: Vec<Record> = names[..count].iter().map(|name| no(name, 1)).collect();
        let second: Vec<Record> = names[..count].iter().map(|name| passed(name, 1)).collect();
        terminal(&compare(&first, &second), 80, false).lines().nth(1).unwrap().trim().to_owned()
    };
    assert_eq!(found(0), "no case got better or worse");
    assert_eq!(found(1), "1 case better, 0 worse, which may be chance (p = 1.000, McNemar, exact)");
    assert_eq!(found(5), "5 cases better, 0 worse, which may be chance (p = 0.062, McNemar, exact)");
    assert_eq!(found(6), "6 cases better, 0 worse, hardly by chance (p = 0.031, McNemar, exact)");
}
