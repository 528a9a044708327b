//! The client without the code that prints backtraces.
//!
//! Dioxus keeps errors as `anyhow::Error`, whose `Debug` prints where the error was made. In a browser that is always empty, but the
//! code for it, and for Rust's names in it, is 39 kB. Here `Debug` becomes `Display`: the message alone.

use std::convert::Infallible;

use anyhow::{Context, Result};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, Function, Module};
use wasmparser::{CodeSectionReader, KnownCustom, Name, Parser, Payload, TypeRef};

/// In the names of the functions that print an error. Both take the error and where to print it.
const DEBUG: &str = "anyhow..error..ErrorImpl$LT$E$GT$$u20$as$u20$core..fmt..Debug$GT$3fmt";
/// See [`DEBUG`].
const DISPLAY: &str = "anyhow..error..ErrorImpl$LT$E$GT$$u20$as$u20$core..fmt..Display$GT$3fmt";

/// The same module without backtraces. It must still have the names of its functions.
///
/// # Errors
/// If the module cannot be read, or the functions are not there.
pub fn removed(module: &[u8]) -> Result<Vec<u8>> {
    let (mut imported, mut debug, mut display) = (0, None, None);
    for payload in Parser::new(0).parse_all(module) {
        match payload.context("cannot read the module")? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
                }
            }
            Payload::CustomSection(section) => {
                let KnownCustom::Name(names) = section.as_known() else { continue };
                for name in names {
                    let Name::Function(functions) = name? else { continue };
                    for function in functions {
                        let function = function?;
                        debug = debug.or(function.name.contains(DEBUG).then_some(function.index));
                        display = display.or(function.name.contains(DISPLAY).then_some(function.index));
                    }
                }
            }
            _ => {}
        }
    }
    let known = debug.and_then(|debug: u32| debug.checked_sub(imported)).zip(display);
    let (debug, display) = known.context("the client has no errors with backtraces: has anyhow changed?")?;
    let mut written = Module::new();
    let reading = Shortened { debug, display }.parse_core_module(&mut written, Parser::new(0), module);
    reading.context("cannot write the module without backtraces")?;
    Ok(written.finish())
}

/// Writes a module in which a function calls another one, and does nothing else.
struct Shortened {
    /// Its number among the functions that are not imported.
    debug: u32,
    /// The function that it calls.
    display: u32,
}

impl Reencode for Shortened {
    type Error = Infallible;

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        for (function, body) in (0..).zip(section) {
            if function == self.debug {
                let mut call = Function::new([]);
                call.instructions().local_get(0).local_get(1).call(self.display).end();
                code.function(&call);
            } else {
                utils::parse_function_body(self, code, body?)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{EntityType, FunctionSection, ImportSection, NameMap, NameSection, TypeSection, ValType::I32};
    use wasmparser::Operator;

    use super::*;

    /// One imported function and three with these names, the code of each a constant.
    fn module(names: [&str; 3]) -> Vec<u8> {
        let (mut types, mut imports) = (TypeSection::new(), ImportSection::new());
        types.ty().function([I32, I32], [I32]);
        imports.import("outside", "imported", EntityType::Function(0));
        let (mut functions, mut code, mut map) = (FunctionSection::new(), CodeSection::new(), NameMap::new());
        for (number, name) in (1..).zip(names) {
            functions.function(0);
            let mut function = Function::new([]);
            function.instructions().i32_const(number).end();
            code.function(&function);
            map.append(number.cast_unsigned(), name);
        }
        let mut section = NameSection::new();
        section.functions(&map);
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&code).section(&section);
        module.finish()
    }

    #[test]
    fn debug_becomes_display() {
        let names = ["other".to_owned(), format!("_ZN70_$LT${DEBUG}17h1E"), format!("_ZN72_$LT${DISPLAY}17h2E")];
        let module = removed(&module([&names[0], &names[1], &names[2]])).unwrap();
        let mut called = Vec::new();
        for payload in Parser::new(0).parse_all(&module) {
            if let Payload::CodeSectionEntry(body) = payload.unwrap() {
                called.push(body.get_operators_reader().unwrap().into_iter().find_map(|operator| {
                    let Operator::Call { function_index } = operator.unwrap() else { return None };
                    Some(function_index)
                }));
            }
        }
        assert_eq!(called, [None, Some(3), None]);
    }

    #[test]
    fn a_module_without_these_functions_is_refused() {
        removed(&module(["a", "b", "c"])).unwrap_err();
    }
}
