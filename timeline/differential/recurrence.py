"""Compares our occurrences of random recurrence rules with those of other implementations.

`cargo xtask test --only rules` installs them and starts this. Their versions are those of requirements.txt and of the
package.json of the checkout. By hand, for one of them and with the reasons for which rules were left out:

    venv/bin/python timeline/differential/recurrence.py target/debug/examples/occurrences --against ical.js --reasons

The rules are drawn in shards, each from a seed of its own, and as many shards are compared side by side as there are processors.
All implementations get the same rules. Which rules these are depends only on the seed, which is printed.

Each rule with another result is printed as soon as it is found. At the end come a line for each implementation and one for all:
how many comparisons have passed and failed. The known differences are listed with their reasons in `known_difference`; `--all`
compares these too. A rule that keeps one of npm's packages busy for minutes is stopped, which counts as a difference with an error.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import datetime
import itertools
import os
import pathlib
import random
import subprocess
import sys
import time
import types
import unittest.mock

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
# So many occurrences are compared, in so many years.
COUNT = 60
YEARS = 40
FEW_YEARS = 4
FORM = "%Y-%m-%dT%H:%M"
# So many rules are drawn from a seed. It must not depend on the computer, or a seed would not repeat the rules elsewhere.
SHARD = 500
# The slowest first, so that no processor has to wait for the other at the end.
OTHERS = ["rrule-temporal", "recurring-ical-events", "ical.js", "dateutil"]
# They have no defined result for a start that the rule does not match, so the start is moved to the first occurrence.
NEED_MATCHING_START = ("ical.js", "recurring-ical-events")
PROGRESS_SECONDS = 15


def random_rule(random):
    """A rule and its start."""
    frequency = random.choice(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
    parts = [f"FREQ={frequency}"]
    if random.random() < 0.5:
        parts.append(f"INTERVAL={random.choice([1, 2, 2, 3, 4, 5, 6, 7, 10, 12, 13, 30, 53])}")
    start = datetime.datetime(random.randint(1971, 2050), 1, 1) + datetime.timedelta(
        days=random.randrange(366), minutes=random.choice([0, 480, 555, 1439])
    )
    if random.random() < 0.1:
        start = start.replace(month=random.choice([1, 12]), day=random.choice([29, 30, 31]))
    end = random.random()
    if end < 0.2:
        parts.append(f"COUNT={random.randint(1, 30)}")
    elif end < 0.4:
        until = start + datetime.timedelta(days=random.randint(0, 3000), minutes=random.choice([-1, 0, 1]))
        parts.append(f"UNTIL={until:%Y%m%dT%H%M%S}")
    has_set = False
    if random.random() < 0.5:
        numbered = frequency in ("MONTHLY", "YEARLY") and random.random() < 0.6
        most = 5 if frequency == "MONTHLY" or random.random() < 0.5 else 53
        day = lambda: (str(random.choice([-1, 1]) * random.randint(1, most)) if numbered and random.random() < 0.9 else "")
        parts.append("BYDAY=" + ",".join(dict.fromkeys(day() + random.choice(DAYS) for _ in range(random.randint(1, 4)))))
        has_set = True
    if frequency != "WEEKLY" and random.random() < 0.4:
        days = [random.choice([random.randint(1, 31), -random.randint(1, 31)]) for _ in range(random.randint(1, 5))]
        parts.append("BYMONTHDAY=" + ",".join(map(str, dict.fromkeys(days))))
        has_set = True
    if random.random() < 0.3:
        parts.append("BYMONTH=" + ",".join(map(str, random.sample(range(1, 13), random.randint(1, 4)))))
        has_set = True
    if has_set and random.random() < 0.3:
        most = {"DAILY": 2, "WEEKLY": 4, "MONTHLY": 6, "YEARLY": 30}[frequency]
        places = [random.choice([-1, 1]) * random.randint(1, most) for _ in range(random.randint(1, 3))]
        parts.append("BYSETPOS=" + ",".join(map(str, dict.fromkeys(places))))
    if random.random() < 0.3:
        parts.append(f"WKST={random.choice(DAYS)}")
    return ";".join(parts), start


def known_difference(rule, start, other, matches):
    """Why the other implementation is known to have another result, or None. `matches` is whether the start is an occurrence."""
    parts = dict(part.split("=") for part in rule.split(";"))
    days = parts.get("BYDAY", "").split(",") if "BYDAY" in parts else []
    lengths = {len(day) > 2 for day in days}
    numbers = [abs(int(day[:-2])) for day in days if len(day) > 2]
    for reason, others, applies in [
        (
            "plain and numbered weekdays in one rule: the other wants both to match, while RFC 5545 has them in one list",
            ("dateutil", "recurring-ical-events"),
            len(lengths) == 2,
        ),
        (
            "weekly with BYSETPOS: the other's first week begins at the start and not at WKST, so it has fewer days to count",
            ("dateutil", "recurring-ical-events"),
            parts["FREQ"] == "WEEKLY" and "BYSETPOS" in parts,
        ),
        (
            "numbers above 5 for weekdays of a month: the other fails with an IndexError",
            ("dateutil", "recurring-ical-events"),
            parts["FREQ"] == "YEARLY" and "BYMONTH" in parts and max(numbers, default=0) > 5,
        ),
        (
            "numbered weekdays of a year: the other ignores BYMONTHDAY and plain weekdays beside them, which RFC 5545 combines",
            ("rrule-temporal",),
            parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts and numbers and ("BYMONTHDAY" in parts or len(lengths) == 2),
        ),
        (
            "no occurrence to begin at: the other has the start as one, which RFC 5545 leaves open",
            NEED_MATCHING_START,
            not matches,
        ),
        (
            "BYSETPOS: the other ignores it, or returns more days than it chooses",
            ("ical.js",),
            "BYSETPOS" in parts,
        ),
        (
            "daily with BYMONTHDAY: the other skips negative days, and does not end where few days match",
            ("ical.js",),
            parts["FREQ"] == "DAILY" and "BYMONTHDAY" in parts,
        ),
        (
            "monthly with BYMONTH: the other goes through these months of each year, without INTERVAL and not in order",
            ("ical.js",),
            parts["FREQ"] == "MONTHLY" and "BYMONTH" in parts,
        ),
        (
            "monthly with BYDAY and BYMONTHDAY: the other goes through months without INTERVAL, leaves out days or gives up",
            ("ical.js",),
            parts["FREQ"] == "MONTHLY" and "BYDAY" in parts and "BYMONTHDAY" in parts,
        ),
        (
            "monthly from the end of a month that lacks a fifth weekday of the rule: the other leaves out the start",
            ("ical.js",),
            parts["FREQ"] == "MONTHLY" and len(days) > 1 and 5 in numbers and start.day > 28,
        ),
        (
            "yearly with BYMONTHDAY, or with numbers of weekdays that count in the year or are above 5: the other has wrong days",
            ("ical.js",),
            parts["FREQ"] == "YEARLY" and ("BYMONTHDAY" in parts or numbers and ("BYMONTH" not in parts or max(numbers) > 5)),
        ),
        (
            "yearly on a day that not each year or not each of BYMONTH has: the other goes on in the next month",
            ("ical.js",),
            parts["FREQ"] == "YEARLY" and not days and start.day > 28 and ("BYMONTH" in parts or start.month == 2),
        ),
        (
            "yearly with COUNT, and a weekday that is named twice, such as 1SU and -5SU: the other counts a day that is both twice",
            ("ical.js",),
            parts["FREQ"] == "YEARLY" and "COUNT" in parts and len({day[-2:] for day in days}) < len(days),
        ),
        (
            "the 53rd of a weekday in a year that has 52: the other takes one of the next or previous year",
            ("rrule-temporal",),
            parts["FREQ"] == "YEARLY" and 53 in numbers,
        ),
    ]:
        if other in others and applies:
            return reason
    return None


def dateutil(cases):
    """The occurrences that dateutil has."""
    import dateutil.rrule as module

    # It stops at this year where nothing matches, and would otherwise go on for 8,000 years.
    bounded = types.SimpleNamespace(**vars(datetime))
    # Only here, because recurring-ical-events uses the same module.
    with unittest.mock.patch.object(module, "datetime", bounded):
        for rule, start in cases:
            bounded.MAXYEAR = start.year + YEARS
            try:
                times = list(itertools.islice(module.rrulestr(rule, dtstart=start), COUNT))
                yield " ".join(f"{time:{FORM}}" for time in times)
            except IndexError as error:
                yield f"error: {error}"


def recurring_ical_events(cases):
    """The occurrences that recurring-ical-events has in the first years. It is asked for few years, because it is slow."""
    import icalendar
    import recurring_ical_events as module

    for rule, start in cases:
        text = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:1", f"DTSTART:{start:%Y%m%dT%H%M%S}", f"RRULE:{rule}"]
        calendar = icalendar.Calendar.from_ical("\r\n".join([*text, "END:VEVENT", "END:VCALENDAR", ""]))
        events = module.of(calendar).between(start, start.replace(year=start.year + FEW_YEARS, day=1))
        times = sorted(event["DTSTART"].dt for event in events)
        yield " ".join(f"{time:{FORM}}" for time in times[:COUNT])


def run(command, cases):
    """The lines that a program answers, one for each case."""
    text = "".join(f"{rule}\t{start:{FORM}}\t{COUNT}\n" for rule, start in cases)
    result = subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True, check=True)
    return result.stdout.split("\n")[:-1]


def answers(other, cases, options):
    """The occurrences that an implementation has, a line for each case."""
    match other:
        case "dateutil":
            return dateutil(cases)
        case "recurring-ical-events":
            return recurring_ical_events(cases)
        case package:
            script = pathlib.Path(__file__).with_suffix(".mjs")
            return run([options.node, script, package, options.npm], cases)


def bounded(answer, start, other):
    """The occurrences of an answer that all implementations are asked for."""
    years = FEW_YEARS if other == "recurring-ical-events" else YEARS - 1
    end = f"{start.replace(year=start.year + years, day=1):{FORM}}"
    return [time for time in answer.split() if time < end]


@dataclasses.dataclass
class Outcome:
    """What comparing rules with one implementation has brought."""

    drawn: int = 0
    compared: int = 0
    left_out: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    differences: list = dataclasses.field(default_factory=list)
    processor_seconds: float = 0.0

    def add(self, other):
        self.drawn += other.drawn
        self.compared += other.compared
        self.left_out += other.left_out
        self.differences += other.differences
        self.processor_seconds += other.processor_seconds


def processor_seconds():
    """The time for which this process and the programs that it has run kept a processor busy."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def first_occurrence(case, answer):
    """The case with its first occurrence as the start, if it has one."""
    rule, start = case
    if not answer or answer.startswith("error"):
        return case
    return rule, datetime.datetime.strptime(answer.split()[0], FORM)


def difference(rule, start, our, their):
    """Both results, from the first occurrence on in which they differ."""
    ours, theirs = our.split(), their.split()
    same = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(ours, theirs)))
    show = lambda times: " ".join(times[same:][:10]) or "nothing"
    return f"{rule} from {start:{FORM}}: the first {same} are the same, then\n  ours   {show(ours)}\n  theirs {show(theirs)}"


def compare(other, seed, count, options):
    """Compares rules drawn from a seed with one implementation."""
    began = processor_seconds()
    source = random.Random(seed)
    cases = [random_rule(source) for _ in range(count)]
    ours = run([options.ours], cases)
    if other in NEED_MATCHING_START:
        cases = [first_occurrence(case, answer) for case, answer in zip(cases, ours, strict=True)]
        ours = run([options.ours], cases)
    outcome = Outcome(drawn=count)
    chosen = []
    for (rule, start), our in zip(cases, ours, strict=True):
        reason = known_difference(rule, start, other, our.startswith(f"{start:{FORM}}"))
        # A rule that we cannot read has no known difference.
        if reason and not options.all and not our.startswith("error"):
            outcome.left_out[reason] += 1
        else:
            chosen.append((rule, start, our))
    theirs = answers(other, [(rule, start) for rule, start, _ in chosen], options)
    for (rule, start, our), their in zip(chosen, theirs, strict=True):
        outcome.compared += 1
        failed = our.startswith("error") or their.startswith("error")
        if failed or bounded(our, start, other) != bounded(their, start, other):
            outcome.differences.append(difference(rule, start, our, their))
    outcome.processor_seconds = processor_seconds() - began
    return outcome


def shards(seed, rules):
    """The seeds, and how many rules are drawn from each."""
    for number, done in enumerate(range(0, rules, SHARD)):
        yield seed + number, min(SHARD, rules - done)


def compare_all(others, seed, options):
    """Compares shards side by side and prints the differences as they are found. Returns an outcome for each implementation."""
    outcomes = {other: Outcome() for other in others}
    total = options.rules * len(others)
    with concurrent.futures.ProcessPoolExecutor() as executor:
        running = {
            executor.submit(compare, other, *shard, options): other
            for other in others
            for shard in shards(seed, options.rules)
        }
        shown = time.monotonic()
        for future in concurrent.futures.as_completed(running):
            other = running[future]
            outcome = future.result()
            outcomes[other].add(outcome)
            for difference in outcome.differences:
                print(f"{other}: {difference}", flush=True)
            if time.monotonic() - shown >= PROGRESS_SECONDS:
                shown = time.monotonic()
                drawn = sum(outcome.drawn for outcome in outcomes.values())
                differences = sum(len(outcome.differences) for outcome in outcomes.values())
                print(f"· {drawn:,} of {total:,} rules, {differences} differences", flush=True)
    return outcomes


def chosen_seed():
    """The seed that the property tests in Rust take too, or another one each time."""
    return int(os.environ.get("PROPTEST_RNG_SEED") or random.SystemRandom().randrange(2**32))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ours", type=pathlib.Path, help="the example `occurrences`, compiled")
    parser.add_argument("--against", choices=OTHERS, help="one implementation, instead of all")
    parser.add_argument("--rules", type=int, default=SHARD, help="how many are drawn for each implementation")
    parser.add_argument("--seed", type=int, help="instead of PROPTEST_RNG_SEED")
    parser.add_argument("--npm", default=".", help="the folder with node_modules")
    parser.add_argument("--node", default="node", help="the program of Node.js")
    parser.add_argument("--all", action="store_true", help="compare rules with a known difference as well")
    parser.add_argument("--reasons", action="store_true", help="say why rules were left out")
    options = parser.parse_args()
    options.ours = options.ours.resolve()
    seed = chosen_seed() if options.seed is None else options.seed
    print(f"· rules drawn from the seed {seed}; PROPTEST_RNG_SEED={seed} repeats them", flush=True)

    outcomes = compare_all([options.against] if options.against else OTHERS, seed, options)
    for other, outcome in outcomes.items():
        left_out = outcome.left_out.total()
        print(
            f"{other}: {outcome.compared:,} compared, {len(outcome.differences):,} differences, {left_out:,} left out as known, "
            f"{outcome.processor_seconds:,.0f} s of processor time"
        )
        for reason, count in outcome.left_out.most_common() if options.reasons else []:
            print(f"  {count:,} left out: {reason}")
    failed = sum(len(outcome.differences) for outcome in outcomes.values())
    passed = sum(outcome.compared for outcome in outcomes.values()) - failed
    print(f"rules: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
