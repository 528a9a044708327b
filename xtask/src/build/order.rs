//! The order of the functions in a module, for a compressor.
//!
//! gzip finds repetitions within the last 32 KiB, and the Worker's code has 2 MB. So functions that are alike must stand side by
//! side. What a function is called says little of that: the order here follows the instructions.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;

use anyhow::{Context, Result};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{CodeSectionReader, FunctionSectionReader, Parser, Payload, TypeRef};

/// Functions are compared by the sequences of this many bytes that they contain.
const SEQUENCE: usize = 6;
/// A sequence that more functions contain is found everywhere.
const COMMON: usize = 600;
/// How much code before a function is compared with it, in bytes. Less than gzip's window, because near matches are shorter to write.
const WINDOW: usize = 16_000;

/// The same module with similar functions side by side.
///
/// # Errors
/// If the module cannot be read.
pub fn by_similarity(module: &[u8]) -> Result<Vec<u8>> {
    let (mut imported, mut bodies) = (0, Vec::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload.context("cannot read the module")? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            _ => {}
        }
    }
    let order = order(&bodies);
    let mut places = vec![0; order.len()];
    for (place, function) in (imported..).zip(&order) {
        places[*function] = place;
    }
    let mut reordered = Module::new();
    let reading = Reordered { imported, order, places }.parse_core_module(&mut reordered, Parser::new(0), module);
    reading.context("cannot write the module in another order")?;
    Ok(reordered.finish())
}

/// Begins with the first function, and goes on with the one that shares most with those before it, in proportion to the square root of
/// its length: small functions do not come first only because they are small, nor large ones because they are large.
fn order(bodies: &[&[u8]]) -> Vec<usize> {
    let Sequences { of, containing } = Sequences::in_all(bodies);
    // How many functions in the window contain a sequence, and how many sequences in the window each function shares.
    let mut present = vec![0_u32; containing.len()];
    let mut shared = vec![0_u32; bodies.len()];
    let mut rest: Vec<usize> = (0..bodies.len()).collect();
    let (mut window, mut window_bytes) = (VecDeque::new(), 0);
    let mut order = Vec::with_capacity(bodies.len());
    let weight = |shared: u32, function: usize| f64::from(shared) / (bodies[function].len() as f64).sqrt();
    while let Some(best) = (0..rest.len()).reduce(|best, other| {
        let [now, then] = [best, other].map(|at| weight(shared[rest[at]], rest[at]));
        if then > now { other } else { best }
    }) {
        let next = rest.remove(best);
        order.push(next);
        window.push_back(next);
        window_bytes += bodies[next].len();
        for sequence in &of[next] {
            present[*sequence] += 1;
            if present[*sequence] == 1 {
                containing[*sequence].iter().for_each(|function| shared[*function] += 1);
            }
        }
        while window_bytes > WINDOW
            && let Some(oldest) = window.pop_front()
        {
            window_bytes -= bodies[oldest].len();
            for sequence in &of[oldest] {
                present[*sequence] -= 1;
                if present[*sequence] == 0 {
                    containing[*sequence].iter().for_each(|function| shared[*function] -= 1);
                }
            }
        }
    }
    order
}

/// Which function contains which sequences of bytes. Each sequence has a number.
struct Sequences {
    /// The sequences of each function that others contain, too.
    of: Vec<Vec<usize>>,
    /// The functions that contain each sequence.
    containing: Vec<Vec<usize>>,
}

impl Sequences {
    fn in_all(bodies: &[&[u8]]) -> Self {
        let (mut numbers, mut containing) = (HashMap::new(), Vec::<Vec<usize>>::new());
        let mut of = Vec::new();
        for (function, body) in bodies.iter().enumerate() {
            let mut sequences = Vec::new();
            for sequence in body.windows(SEQUENCE) {
                let number = *numbers.entry(sequence).or_insert(containing.len());
                if number == containing.len() {
                    containing.push(Vec::new());
                }
                if containing[number].last() != Some(&function) {
                    containing[number].push(function);
                    sequences.push(number);
                }
            }
            of.push(sequences);
        }
        for sequences in &mut of {
            sequences.retain(|sequence| (2..=COMMON).contains(&containing[*sequence].len()));
        }
        Self { of, containing }
    }
}

/// Writes a module with its functions in another order.
struct Reordered {
    /// Functions of the module that are imported. They come first, and stay where they are.
    imported: u32,
    /// The old number of each function, without those that are imported.
    order: Vec<usize>,
    /// The new number of each function.
    places: Vec<u32>,
}

impl Reencode for Reordered {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Infallible>> {
        let place = function.checked_sub(self.imported).and_then(|own| self.places.get(own as usize));
        Ok(place.copied().unwrap_or(function))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let types = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for function in &self.order {
            functions.function(types[*function]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let bodies = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for function in self.order.clone() {
            utils::parse_function_body(self, code, bodies[function].clone())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{EntityType, ExportKind, ExportSection, Function, ImportSection, TypeSection, ValType::I64};
    use wasmparser::{ExternalKind, Operator};

    use super::*;

    /// Functions that call the imported one and the next, between two kinds of long ones: `1, 2, 1, 2, …`.
    fn module() -> Vec<u8> {
        let (mut types, mut imports, mut functions) =
            (TypeSection::new(), ImportSection::new(), FunctionSection::new());
        types.ty().function([], []);
        types.ty().function([I64], []);
        imports.import("outside", "called", EntityType::Function(0));
        let (mut exports, mut code) = (ExportSection::new(), CodeSection::new());
        for number in 0..6_u32 {
            functions.function(number % 2);
            exports.export(&format!("f{number}"), ExportKind::Func, 1 + number);
            let mut function = Function::new([]);
            for step in 0..50_i64 {
                let constant = (1 + i64::from(number % 2)) * 1_000_000_007 * (step + 1);
                function.instructions().i64_const(constant).drop();
            }
            function.instructions().call(0);
            if number < 5 {
                if number % 2 == 0 {
                    function.instructions().i64_const(0);
                }
                function.instructions().call(2 + number);
            }
            function.instructions().end();
            code.function(&function);
        }
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&exports).section(&code);
        module.finish()
    }

    /// For each export: its name, its place, its type, its first constant, and the names of the functions that it calls.
    fn read(module: &[u8]) -> Vec<(String, u32, u32, i64, Vec<String>)> {
        let (mut names, mut types, mut bodies) = (HashMap::new(), Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(module) {
            match payload.unwrap() {
                Payload::FunctionSection(section) => types = section.into_iter().collect::<Result<_, _>>().unwrap(),
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export.unwrap();
                        assert_eq!(export.kind, ExternalKind::Func);
                        names.insert(export.index, export.name.to_owned());
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    bodies
                        .push(body.get_operators_reader().unwrap().into_iter().collect::<Result<Vec<_>, _>>().unwrap());
                }
                _ => {}
            }
        }
        let name = |index: &u32| names.get(index).cloned().unwrap_or_else(|| "imported".to_owned());
        let mut read: Vec<_> = (1..)
            .zip(&bodies)
            .map(|(index, body)| {
                let Operator::I64Const { value } = body[0] else { panic!("begins with a constant") };
                let calls = body.iter().filter_map(|operator| match operator {
                    Operator::Call { function_index } => Some(name(function_index)),
                    _ => None,
                });
                (name(&index), index, types[index as usize - 1], value, calls.collect())
            })
            .collect();
        read.sort();
        read
    }

    #[test]
    fn similar_functions_come_one_after_another() {
        let places: Vec<u32> =
            read(&by_similarity(&module()).unwrap()).into_iter().map(|function| function.1).collect();
        let kinds: Vec<bool> =
            (1..=6).map(|place| places.iter().position(|it| *it == place).unwrap() % 2 == 0).collect();
        assert_eq!(kinds, [true, true, true, false, false, false], "{places:?}");
    }

    #[test]
    fn only_the_places_of_functions_change() {
        let without_places = |module: &[u8]| {
            read(module)
                .into_iter()
                .map(|(name, _, kind, constant, calls)| (name, kind, constant, calls))
                .collect::<Vec<_>>()
        };
        let before = without_places(&module());
        assert_eq!(before[0], ("f0".to_owned(), 0, 1_000_000_007, vec!["imported".to_owned(), "f1".to_owned()]));
        assert_eq!(without_places(&by_similarity(&module()).unwrap()), before);
    }

    #[test]
    fn what_is_not_a_module_is_refused() {
        by_similarity(b"not wasm").unwrap_err();
    }
}
