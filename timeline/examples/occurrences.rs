//! The occurrences of recurrence rules, for comparisons with other programs.
//!
//! Each line of the standard input is a rule, a start and a number, with a tab between them: `FREQ=DAILY`, `2026-11-24T08:00`
//! and `2`.
//!
//! For each, a line of the output has at most so many occurrences, such as `2026-11-24T08:00 2026-11-25T08:00`, or `error: ` and
//! why there are none.

use std::io::{self, BufRead, BufWriter, Write};

use flux_timeline::clock;
use flux_timeline::series::Recurrence;

fn main() -> io::Result<()> {
    let mut output = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        match answer(&line?) {
            Ok(times) => writeln!(output, "{times}")?,
            Err(error) => writeln!(output, "error: {error}")?,
        }
    }
    output.flush()
}

fn answer(line: &str) -> Result<String, String> {
    let mut parts = line.split('\t');
    let (Some(rule), Some(start), Some(count)) = (parts.next(), parts.next(), parts.next()) else {
        return Err("a line has a rule, a start and a number".to_owned());
    };
    let rule = Recurrence::read(rule).map_err(|error| error.to_string())?;
    let start = clock::read_wall(start).ok_or("the start is not a time such as 2026-11-24T08:00")?;
    let count = count.parse().map_err(|_| "the third part is not a number")?;
    let times: Vec<_> = rule.occurrences(start).take(count).map(clock::wall).collect();
    Ok(times.join(" "))
}
