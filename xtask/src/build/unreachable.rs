//! What the first part of the client keeps though nothing uses it.
//!
//! The splitter lets the later part call functions of the first part by their place in a table. It puts all functions there that
//! both parts can reach, and the optimiser keeps whatever is in a table. But the later part calls only some of them itself.

use std::collections::HashSet;
use std::convert::Infallible;

use anyhow::{Context, Result};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{ExportSection, Module};
use wasmparser::{Export, Operator, Parser, Payload};

use super::segments;

/// How the exports begin that are only for the splitter: see `xtask/bindings`.
const KEPT: &str = "__kept_";

/// The first part without the entries of its table that nothing calls. The optimiser then removes the functions that were
/// needed for these alone.
///
/// # Errors
/// If a part cannot be read.
pub fn removed(first: &[u8], rest: &[u8]) -> Result<Vec<u8>> {
    let mut segments = segments::read(first)?;
    // The splitter's own entries are at the end of the table. No pointer to a function is a place among them, so they are used
    // only where code names the place.
    let shared = segments.functions.iter_mut().max_by_key(|segment| segment.place);
    let shared = shared.context("the first part has no table for the later part")?;
    let (range, mut named) = (shared.range(), HashSet::new());
    for module in [first, rest] {
        named.extend(constants(module)?.into_iter().filter(|place| range.contains(place)));
    }
    // The first entry is the splitter's placeholder for the later part.
    let nothing = *shared.items.first().context("the first part has an empty table for the later part")?;
    for (place, function) in range.zip(&mut shared.items) {
        if !named.contains(&place) {
            *function = nothing;
        }
    }
    let mut written = Module::new();
    let reading = WithoutKept.parse_core_module(&mut written, Parser::new(0), &segments.written_into(first)?);
    reading.context("cannot write the first part without what the splitter needed")?;
    Ok(written.finish())
}

/// Writes a module without the exports that are only for the splitter.
struct WithoutKept;

impl Reencode for WithoutKept {
    type Error = Infallible;

    fn parse_export(&mut self, section: &mut ExportSection, export: Export<'_>) -> Result<(), Error<Infallible>> {
        if export.name.starts_with(KEPT) {
            return Ok(());
        }
        utils::parse_export(self, section, export)
    }
}

/// The 32-bit constants that stand in the code of a module.
fn constants(module: &[u8]) -> Result<HashSet<usize>> {
    let mut constants = HashSet::new();
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::CodeSectionEntry(body) = payload.context("cannot read the module")? {
            for operator in body.get_operators_reader()? {
                if let Operator::I32Const { value } = operator? {
                    constants.insert(value.cast_unsigned() as usize);
                }
            }
        }
    }
    Ok(constants)
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        CodeSection, ConstExpr, ElementSection, Elements, Function, FunctionSection, Module, RefType, TableSection,
        TableType, TypeSection,
    };

    use super::*;

    /// A module whose functions name these constants, with these places of its table filled.
    fn module(constants: &[i32], table: &[(i32, &[u32])]) -> Vec<u8> {
        let (mut types, mut numbers, mut code) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
        types.ty().function([], []);
        for constant in constants {
            numbers.function(0);
            let mut function = Function::new([]);
            function.instructions().i32_const(*constant).drop().end();
            code.function(&function);
        }
        let (mut tables, mut elements) = (TableSection::new(), ElementSection::new());
        let kind = RefType::FUNCREF;
        tables.table(TableType { element_type: kind, table64: false, minimum: 99, maximum: None, shared: false });
        for (place, functions) in table {
            elements.active(None, &ConstExpr::i32_const(*place), Elements::Functions((*functions).into()));
        }
        let mut module = Module::new();
        module.section(&types).section(&numbers).section(&tables).section(&elements).section(&code);
        module.finish()
    }

    #[test]
    fn shared_places_that_no_code_names_are_emptied() {
        let first = module(&[0, 0, 0, 14], &[(1, &[1, 2]), (11, &[0, 1, 2, 3, 1])]);
        let rest = module(&[12, 2], &[]);
        let table = segments::read(&removed(&first, &rest).unwrap()).unwrap().functions;
        let items: Vec<_> = table.into_iter().map(|segment| (segment.place, segment.items)).collect();
        assert_eq!(items, [(1, vec![1, 2]), (11, vec![0, 1, 0, 3, 0])]);
    }
}
