//! `cargo xtask status`: the figures of a day of a deployment, as its `/metrics` reports them.

mod figures;

use std::env;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;

use crate::progress::say;
use crate::workspace::Workspace;
use figures::Figures;

/// The token that `/metrics` asks for.
const TOKEN: &str = "METRICS_TOKEN";
/// The prices of the platform.
const PRICES: &str = "bench/prices.json";

/// Which figures to print.
#[derive(Args)]
pub struct Options {
    /// The address of the deployment. Its token is read from METRICS_TOKEN
    #[arg(long, default_value = "http://localhost:8787")]
    url: String,
    /// The day (UTC): `today`, or a date as 2026-03-01 of the last 35 days
    #[arg(long, default_value = "today")]
    day: String,
}

/// The task.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let token = env::var(TOKEN).ok().filter(|token| !token.trim().is_empty());
    let token = token.with_context(|| format!("{TOKEN} is not set; see “Metrics” in docs/operations.md"))?;
    let address = address(&options.url, &options.day)?;
    let figures = Figures::read(&fetch(&address, token.trim())?)?;
    let prices = serde_json::from_str(&workspace.read(PRICES)?).with_context(|| format!("{PRICES} is not JSON"))?;
    say(&format!("{}, {} (UTC)", options.url, options.day));
    say(table(&figures, &prices).trim_end());
    Ok(())
}

fn address(url: &str, day: &str) -> Result<String> {
    let is_day = day.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !is_day || url.contains(['"', '\n', '\\']) {
        bail!("the address or the day cannot be used");
    }
    Ok(format!("{}/metrics?day={day}", url.trim_end_matches('/')))
}

/// Fetches by curl, which gets the token through a pipe: every user of a machine can read the command line of every process.
fn fetch(address: &str, token: &str) -> Result<String> {
    if token.contains(['"', '\n', '\\']) {
        bail!("{TOKEN} has characters that cannot be passed on");
    }
    let arguments = ["--silent", "--show-error", "--max-time", "30", "--write-out", "\n%{http_code}", "--config", "-"];
    let mut curl = Command::new("curl");
    curl.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = curl.spawn().context("cannot start curl")?;
    if let Some(mut input) = child.stdin.take() {
        write!(input, "url = \"{address}\"\nheader = \"Authorization: Bearer {token}\"\n").context("curl has ended")?;
    }
    let output = child.wait_with_output().context("cannot wait for curl")?;
    if !output.status.success() {
        bail!("{address} cannot be reached: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    body(&String::from_utf8_lossy(&output.stdout))
}

/// The body of an answer that ends with its status.
fn body(answer: &str) -> Result<String> {
    match answer.rsplit_once('\n') {
        Some((body, "200")) => Ok(body.to_owned()),
        Some((_, "401")) => bail!("{TOKEN} is not the token of that deployment"),
        Some((_, "404")) => bail!("the deployment has no metrics: `wrangler secret put {TOKEN}` turns them on"),
        Some((body, status)) => bail!("the deployment answered {status}: {}", body.trim()),
        None => bail!("the deployment did not answer"),
    }
}

fn table(figures: &Figures, prices: &Value) -> String {
    let outcomes = figures.by("flux_turns_total", "outcome");
    let turns = figures.total("flux_turns_total");
    let errors = figures.with("flux_turns_total", "outcome", "error");
    let [read, written] =
        ["input", "output"].map(|direction| figures.with("flux_tokens_total", "direction", direction));
    let [budget, used] = ["flux_budget_tokens", "flux_budget_used_tokens"].map(|name| figures.total(name));
    let first = |share| bound(figures.quantile("flux_turn_first_token_seconds", share));
    let of_budget = if budget > 0.0 {
        format!("about {} of {} ({})", number(used), number(budget), percent(used, budget))
    } else {
        "none is set".to_owned()
    };
    let rows = [
        ("turns", number(turns), listed(&outcomes)),
        ("errors", percent(errors, turns), String::new()),
        ("first token", first(0.5), format!("for half of them; {} for 95 %", first(0.95))),
        ("tokens", number(read + written), format!("{} read, {} written", number(read), number(written))),
        ("budget", String::new(), of_budget),
        ("cost", String::new(), cost(figures, prices)),
        counted(figures, "limits hit", "flux_limited_total", "limit"),
        counted(figures, "faults", "flux_faults_total", "fault"),
        counted(figures, "retries", "flux_model_retries_total", "fault"),
        counted(figures, "goals", "flux_runs_total", "outcome"),
        counted(figures, "sign-ins", "flux_sign_ins_total", "outcome"),
    ];
    let mut table = String::new();
    for (name, value, more) in rows {
        // Writing to a text never fails.
        let _ = writeln!(table, "{}", format!("  {name:<12}{value:>12}  {more}").trim_end());
    }
    table
}

fn counted<'a>(figures: &Figures, title: &'a str, name: &str, label: &str) -> (&'a str, String, String) {
    (title, number(figures.total(name)), listed(&figures.by(name, label)))
}

fn listed(sums: &[(String, f64)]) -> String {
    sums.iter().map(|(name, sum)| format!("{} {name}", number(*sum))).collect::<Vec<_>>().join(", ")
}

/// What the model costs by the published prices, as far as they are known. The free share of an account is not taken off.
fn cost(figures: &Figures, prices: &Value) -> String {
    let at = |pointer: &str| prices.pointer(pointer).and_then(Value::as_f64).unwrap_or_default();
    let known = prices.pointer("/neuronsPerMillion/model").and_then(Value::as_str).unwrap_or_default();
    let models = figures.by("flux_tokens_total", "model");
    if models.is_empty() {
        return "nothing for the model".to_owned();
    }
    if let Some((other, _)) = models.iter().find(|(model, _)| model != known) {
        return format!("no prices are known for {other}");
    }
    let neurons = |direction| {
        figures.with("flux_tokens_total", "direction", direction) / 1e6 * at(&format!("/neuronsPerMillion/{direction}"))
    };
    let dollars = (neurons("input") + neurons("output")) / at("/items/neurons/per") * at("/items/neurons/price");
    format!("about ${dollars:.2} for {known}")
}

fn bound(seconds: Option<f64>) -> String {
    match seconds {
        None => "–".to_owned(),
        Some(seconds) if seconds.is_finite() => format!("≤ {seconds} s"),
        Some(_) => "> 32 s".to_owned(),
    }
}

fn percent(part: f64, whole: f64) -> String {
    if whole > 0.0 { format!("{:.1} %", 100.0 * part / whole) } else { "–".to_owned() }
}

/// A whole number with commas between groups of three digits.
fn number(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRICES: &str = include_str!("../../../bench/prices.json");

    #[test]
    fn the_table_shows_a_day() {
        let text = r#"
flux_turns_total{outcome="completed",model="@cf/meta/llama-3.3-70b-instruct-fp8-fast"} 1180
flux_turns_total{outcome="error",model="@cf/meta/llama-3.3-70b-instruct-fp8-fast"} 20
flux_turn_first_token_seconds_bucket{le="0.5"} 700
flux_turn_first_token_seconds_bucket{le="+Inf"} 1200
flux_turn_first_token_seconds_count 1200
flux_tokens_total{direction="input",model="@cf/meta/llama-3.3-70b-instruct-fp8-fast"} 2000000
flux_tokens_total{direction="output",model="@cf/meta/llama-3.3-70b-instruct-fp8-fast"} 100000
flux_limited_total{limit="turns"} 4
flux_limited_total{limit="budget"} 6
flux_budget_tokens 5000000
flux_budget_used_tokens 2100000
"#;
        let table = table(&Figures::read(text).unwrap(), &serde_json::from_str(PRICES).unwrap());
        let expected = "
  turns              1,200  1,180 completed, 20 error
  errors             1.7 %
  first token      ≤ 0.5 s  for half of them; > 32 s for 95 %
  tokens         2,100,000  2,000,000 read, 100,000 written
  budget                    about 2,100,000 of 5,000,000 (42.0 %)
  cost                      about $0.81 for @cf/meta/llama-3.3-70b-instruct-fp8-fast
  limits hit            10  6 budget, 4 turns
  faults                 0
  retries                0
  goals                  0
  sign-ins               0
";
        assert_eq!(format!("\n{table}"), expected);
    }

    #[test]
    fn a_model_without_prices_has_no_cost() {
        let text = "flux_tokens_total{direction=\"input\",model=\"mine\"} 5\n";
        let cost = cost(&Figures::read(text).unwrap(), &serde_json::from_str(PRICES).unwrap());
        assert_eq!(cost, "no prices are known for mine");
    }

    #[test]
    fn an_answer_says_what_is_wrong() {
        assert_eq!(body("flux_x 1\n\n200").unwrap(), "flux_x 1\n");
        for (answer, expected) in
            [("No\n401", "not the token"), ("Not found\n404", "wrangler secret put"), ("Oh\n500", "500: Oh")]
        {
            assert!(body(answer).unwrap_err().to_string().contains(expected), "{answer}");
        }
    }

    #[test]
    fn an_address_has_the_day() {
        assert_eq!(address("https://x.example/", "today").unwrap(), "https://x.example/metrics?day=today");
        assert!(address("https://x.example", "to&day").is_err());
        assert!(address("https://x.example\"\nproxy = \"y", "today").is_err());
    }
}
