"""Compares our occurrences of random recurrence rules with those of other implementations.

    python3 -m venv venv
    venv/bin/pip install python-dateutil recurring-ical-events icalendar
    cargo build --release -p flux-timeline --example occurrences
    venv/bin/python timeline/differential/recurrence.py target/release/examples/occurrences --rules 20000 --seed 1

Another implementation than dateutil is chosen with `--against`. Those of npm run in Node.js, in a folder of your choice:

    npm install --prefix folder rrule-temporal ical.js
    … recurrence.py … --against rrule-temporal --npm folder
    … recurrence.py … --against ical.js --npm folder
    … recurrence.py … --against recurring-ical-events

A rule that keeps one of npm's packages busy for a minute is stopped, which counts as a difference with an error.

It prints how many rules were compared, how many were left out for a known difference, and each rule with another result. The
known differences are listed with their reasons in `known_difference`; `--all` compares these too.
"""

import argparse
import collections
import datetime
import itertools
import pathlib
import random
import subprocess
import types

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
# So many occurrences are compared, in so many years.
COUNT = 60
YEARS = 40
FEW_YEARS = 4
FORM = "%Y-%m-%dT%H:%M"


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
            "a start that the rule does not match: the other has it or begins elsewhere, which RFC 5545 leaves open",
            ("recurring-ical-events", "ical.js"),
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
            "yearly with BYMONTHDAY, or with numbers of weekdays that count in the year or are above 5: the other has wrong days",
            ("ical.js",),
            parts["FREQ"] == "YEARLY" and ("BYMONTHDAY" in parts or numbers and ("BYMONTH" not in parts or max(numbers) > 5)),
        ),
        (
            "yearly on a day that not each of BYMONTH has: the other goes on in the next month",
            ("ical.js",),
            parts["FREQ"] == "YEARLY" and "BYMONTH" in parts and not days and start.day > 28,
        ),
        (
            "yearly with COUNT, and both plain and numbered weekdays: the other counts a day that is both twice",
            ("ical.js",),
            parts["FREQ"] == "YEARLY" and "COUNT" in parts and len(lengths) == 2,
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
    module.datetime = bounded
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


def node(name, npm, program):
    """The occurrences that a package of npm has."""

    def answers(cases):
        script = pathlib.Path(__file__).with_suffix(".mjs")
        yield from run([program, script, name, npm], cases)

    return answers


def run(command, cases):
    """The lines that a program answers, one for each case."""
    text = "".join(f"{rule}\t{start:{FORM}}\t{COUNT}\n" for rule, start in cases)
    result = subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True, check=True)
    return result.stdout.split("\n")[: len(cases)]


def bounded(answer, start, other):
    """The occurrences of an answer that all implementations are asked for."""
    years = FEW_YEARS if other == "recurring-ical-events" else YEARS - 1
    end = f"{start.replace(year=start.year + years, day=1):{FORM}}"
    return [time for time in answer.split() if time < end]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ours", help="the example `occurrences`, compiled")
    others = ["dateutil", "rrule-temporal", "ical.js", "recurring-ical-events"]
    parser.add_argument("--against", choices=others, default="dateutil")
    parser.add_argument("--rules", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--npm", help="the folder with node_modules")
    parser.add_argument("--node", default="node", help="the program of Node.js")
    parser.add_argument("--all", action="store_true", help="compare rules with a known difference as well")
    parser.add_argument("--matching", action="store_true", help="move each start to the rule's first occurrence")
    options = parser.parse_args()
    other = options.against
    ours = pathlib.Path(options.ours).resolve()

    source = random.Random(options.seed)
    cases = [random_rule(source) for _ in range(options.rules)]
    answers = run([ours], cases)
    if options.matching:
        first = lambda case, answer: (case[0], datetime.datetime.strptime(answer.split()[0], FORM)) if answer else case
        cases = [first(case, answer) for case, answer in zip(cases, answers)]
        answers = run([ours], cases)
    left_out = collections.Counter()
    chosen = []
    for (rule, start), answer in zip(cases, answers):
        reason = known_difference(rule, start, other, answer.startswith(f"{start:{FORM}}"))
        if reason and not options.all:
            left_out[reason] += 1
        else:
            chosen.append((rule, start, answer))

    python = {"dateutil": dateutil, "recurring-ical-events": recurring_ical_events}
    ask = python.get(other) or node(other, options.npm, options.node)
    differences = 0
    for (rule, start, our), their in zip(chosen, ask([(rule, start) for rule, start, _ in chosen])):
        if our.startswith("error") or bounded(our, start, other) != bounded(their, start, other):
            differences += 1
            print(f"{rule} from {start:{FORM}}\n  ours   {our[:200]}\n  theirs {their[:200]}")
    print(f"{other}: {len(chosen)} rules compared, {differences} differences")
    for reason, count in left_out.items():
        print(f"  {count} left out: {reason}")


if __name__ == "__main__":
    main()
