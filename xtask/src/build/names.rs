//! Short names for the functions that a module takes from its script.
//!
//! wasm-bindgen ends their names with a hash, which no compressor makes smaller, and each stands in the script and in the module.
//! esbuild gives them short names in the script and writes down which ([`arguments`]); [`shorten`] does the same in a module.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{ExportSection, ImportSection, Module};
use wasmparser::{Export, Import, Imports, Parser};

/// Tells esbuild which names become short, and the file in its folder that says how.
const ARGUMENTS: [&str; 2] = ["--mangle-props=_[0-9a-f]{16}$", "--mangle-cache=names.json"];

/// Arguments for esbuild. Only products that are optimised get short names.
pub fn arguments(optimized: bool) -> &'static [&'static str] {
    if optimized { &ARGUMENTS } else { &[] }
}

/// Gives the imports and exports of a module the names that they have in the script that esbuild has written in the same folder.
///
/// # Errors
/// If the list of the names or the module cannot be read, or the module cannot be written.
pub fn shorten(module: &Path) -> Result<()> {
    let list = module.with_file_name("names.json");
    let list = fs::read(&list).with_context(|| format!("cannot read {}", list.display()))?;
    let names = serde_json::from_slice(&list).context("cannot read the names that esbuild has given")?;
    let content = fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    fs::write(module, renamed(&content, names)?).with_context(|| format!("cannot write {}", module.display()))
}

fn renamed(module: &[u8], names: BTreeMap<String, String>) -> Result<Vec<u8>> {
    let mut renamed = Module::new();
    let written = Renamed(names).parse_core_module(&mut renamed, Parser::new(0), module);
    written.context("cannot give the functions of the module other names")?;
    Ok(renamed.finish())
}

/// Writes a module with other names: the new by the old.
struct Renamed(BTreeMap<String, String>);

impl Renamed {
    fn name<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.get(name).map_or(name, String::as_str)
    }
}

impl Reencode for Renamed {
    type Error = Infallible;

    fn parse_imports(&mut self, section: &mut ImportSection, imports: Imports<'_>) -> Result<(), Error<Infallible>> {
        for import in imports {
            let (_, Import { module, name, ty }) = import?;
            let ty = self.entity_type(ty)?;
            section.import(module, self.name(name), ty);
        }
        Ok(())
    }

    fn parse_export(&mut self, section: &mut ExportSection, export: Export<'_>) -> Result<(), Error<Infallible>> {
        let name = self.name(export.name).to_owned();
        utils::parse_export(self, section, Export { name: &name, ..export })
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{EntityType, ExportKind, TypeSection};
    use wasmparser::Payload;

    use super::*;

    #[test]
    fn imports_and_exports_get_their_names_in_the_script() {
        let (mut types, mut imports, mut exports) = (TypeSection::new(), ImportSection::new(), ExportSection::new());
        types.ty().function([], []);
        for name in ["__wbg_now_0123456789abcdef", "memory"] {
            imports.import("./index_bg.js", name, EntityType::Function(0));
        }
        exports.export("generic_0000000000000001", ExportKind::Func, 1).export("start", ExportKind::Func, 0);
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&exports);
        let names = [("__wbg_now_0123456789abcdef", "a"), ("generic_0000000000000001", "b"), ("other", "c")];
        let names = names.map(|(old, new)| (old.to_owned(), new.to_owned())).into();

        let mut found = Vec::new();
        for payload in Parser::new(0).parse_all(&renamed(&module.finish(), names).unwrap()) {
            match payload.unwrap() {
                Payload::ImportSection(section) => {
                    found.extend(section.into_imports().map(|import| import.unwrap().name.to_owned()));
                }
                Payload::ExportSection(section) => {
                    found.extend(
                        section.into_iter().map(|export| export.unwrap()).map(|it| format!("{}={}", it.name, it.index)),
                    );
                }
                _ => {}
            }
        }
        assert_eq!(found, ["a", "memory", "b=1", "start=0"]);
    }
}
