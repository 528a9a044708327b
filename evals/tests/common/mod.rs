//! Helpers for the tests of the harness.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::path::{Path, PathBuf};

use flux_agent::prompt::Prompts;
use flux_evals::case::{Suite, load};
use flux_evals::models::{ModelName, ModelSource};
use flux_evals::run::{Contender, Manifest, Plan};

/// The folder with the suites.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// All suites.
pub fn suites() -> Vec<Suite> {
    load(&folder()).unwrap()
}

/// A plan of all cases of these suites with one model.
pub fn plan(suites: Vec<Suite>, model: &ModelName, repeat: u32) -> Plan {
    let source = ModelSource::new(model, |_| None, None).unwrap();
    let contender = Contender { model: model.clone(), source, prompts: Prompts::current(), versions: String::new() };
    Plan { suites, contenders: vec![contender], repeat, judge: None }
}

/// The manifest of such a run.
pub fn manifest(plan: &Plan) -> Manifest {
    Manifest {
        models: plan.contenders.iter().map(|contender| contender.model.to_string()).collect(),
        prompts: vec![String::new()],
        repeat: plan.repeat,
        suites: Vec::new(),
        filter: None,
        tags: Vec::new(),
        judge: None,
        price: None,
        record: None,
        cases: Manifest::digests(&plan.suites),
        agent: Manifest::agent(),
        current: Manifest::current(),
    }
}
