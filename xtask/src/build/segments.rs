//! What a module puts into memory and into its table, in few segments.
//!
//! The splitter makes a segment for each constant and for each function that only the later part uses, in no order: 8,000 of them.
//! Each says where it goes, which no compressor makes smaller. Here they are put into the order of their places, and neighbours
//! become one.

use std::convert::Infallible;
use std::ops::Range;

use anyhow::{Context, Result, bail};
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{ConstExpr, DataSection, ElementSection, Elements, Module};
use wasmparser::{
    DataKind, DataSectionReader, ElementItems, ElementKind, ElementSectionReader, Operator, Parser, Payload,
};

/// Segments of memory become one if they are at most this far apart, in bytes. What lies between them is then sent, too: the zeros
/// of empty memory are short once they are compressed.
const GAP: usize = 128;

/// The same for a module that is loaded into the memory of another one, where other constants lie between.
const GAP_ABOVE: usize = 8;

/// The same module with few segments. If the module is loaded into the memory of another one, that is `beneath`.
///
/// What lies between two segments of the later part are constants of the first part, so it does no harm to write them again.
///
/// # Errors
/// If the module cannot be read, or if it has other segments than those that are put into place when it is loaded.
pub fn joined(module: &[u8], beneath: Option<&[u8]>) -> Result<Vec<u8>> {
    let gap = if beneath.is_some() { GAP_ABOVE } else { GAP };
    let beneath = beneath.map(read).transpose()?.unwrap_or_default().data;
    let Segments { data, functions } = read(module)?;
    let data = join(data, gap, |place| byte(&beneath, place));
    Segments { data, functions: join(functions, 0, |_| 0) }.written_into(module)
}

/// What stands in memory, or in a table, from a place on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment<T> {
    /// The place of the first item.
    pub place: usize,
    /// Bytes, or the numbers of functions.
    pub items: Vec<T>,
}

impl<T> Segment<T> {
    /// The places that it fills.
    pub fn range(&self) -> Range<usize> {
        self.place..self.place + self.items.len()
    }
}

/// What a module fills when it is loaded.
#[derive(Debug, Default)]
pub struct Segments {
    /// Memory.
    pub data: Vec<Segment<u8>>,
    /// The table of functions that are called by their place in it.
    pub functions: Vec<Segment<u32>>,
}

impl Segments {
    /// The module with these segments instead of its own.
    ///
    /// # Errors
    /// If the module cannot be read.
    pub fn written_into(mut self, module: &[u8]) -> Result<Vec<u8>> {
        let mut written = Module::new();
        let reading = self.parse_core_module(&mut written, Parser::new(0), module);
        reading.context("cannot write the module with other segments")?;
        Ok(written.finish())
    }
}

/// The segments of a module.
///
/// # Errors
/// If the module cannot be read, or if it has other segments than those that are put into place when it is loaded.
pub fn read(module: &[u8]) -> Result<Segments> {
    let mut segments = Segments::default();
    for payload in Parser::new(0).parse_all(module) {
        match payload.context("cannot read the module")? {
            Payload::DataSection(section) => {
                for segment in section {
                    let segment = segment?;
                    let DataKind::Active { memory_index: 0, offset_expr } = segment.kind else {
                        bail!("a segment of memory is not put into place when the module is loaded")
                    };
                    segments.data.push(Segment { place: constant(&offset_expr)?, items: segment.data.to_vec() });
                }
            }
            Payload::ElementSection(section) => {
                for segment in section {
                    let segment = segment?;
                    let (
                        ElementKind::Active { table_index: None | Some(0), offset_expr },
                        ElementItems::Functions(items),
                    ) = (segment.kind, segment.items)
                    else {
                        bail!("a segment of the table is not put into place when the module is loaded")
                    };
                    let items = items.into_iter().collect::<Result<_, _>>()?;
                    segments.functions.push(Segment { place: constant(&offset_expr)?, items });
                }
            }
            _ => {}
        }
    }
    Ok(segments)
}

fn constant(expression: &wasmparser::ConstExpr<'_>) -> Result<usize> {
    match expression.get_operators_reader().read()? {
        Operator::I32Const { value } => Ok(value.cast_unsigned() as usize),
        other => bail!("the place of a segment is not a constant: {other:?}"),
    }
}

/// What a place in memory holds. Memory is zero where no segment is.
fn byte(data: &[Segment<u8>], place: usize) -> u8 {
    let segment = data.iter().find(|segment| segment.range().contains(&place));
    segment.map_or(0, |segment| segment.items[place - segment.place])
}

/// Orders segments by their places, and makes one of those that are at most `gap` apart.
fn join<T>(mut segments: Vec<Segment<T>>, gap: usize, fill: impl Fn(usize) -> T) -> Vec<Segment<T>> {
    segments.sort_by_key(|segment| segment.place);
    let mut joined = Vec::<Segment<T>>::new();
    for segment in segments {
        match joined.last_mut() {
            Some(last) if segment.place <= last.range().end + gap => {
                last.items.extend((last.range().end..segment.place).map(&fill));
                last.items.extend(segment.items);
            }
            _ => joined.push(segment),
        }
    }
    joined
}

fn place<T>(segment: &Segment<T>) -> ConstExpr {
    // Places are 32 bits wide.
    ConstExpr::i32_const((segment.place as u32).cast_signed())
}

impl Reencode for Segments {
    type Error = Infallible;

    fn data_count(&mut self, _: u32) -> Result<u32, Error<Infallible>> {
        Ok(self.data.len() as u32)
    }

    fn parse_data_section(
        &mut self,
        section: &mut DataSection,
        _: DataSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        for segment in &self.data {
            section.active(0, &place(segment), segment.items.iter().copied());
        }
        Ok(())
    }

    fn parse_element_section(
        &mut self,
        section: &mut ElementSection,
        _: ElementSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        for segment in &self.functions {
            section.active(None, &place(segment), Elements::Functions(segment.items.as_slice().into()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        CodeSection, Function, FunctionSection, MemorySection, MemoryType, RefType, TableSection, TableType,
        TypeSection,
    };

    use super::*;

    /// A module with two functions and these segments.
    fn module(data: &[(usize, &[u8])], functions: &[(usize, &[u32])]) -> Vec<u8> {
        let (mut types, mut numbers, mut code) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
        types.ty().function([], []);
        for _ in 0..2 {
            numbers.function(0);
            let mut function = Function::new([]);
            function.instructions().end();
            code.function(&function);
        }
        let (mut tables, mut memories) = (TableSection::new(), MemorySection::new());
        let kind = RefType::FUNCREF;
        tables.table(TableType { element_type: kind, table64: false, minimum: 9, maximum: None, shared: false });
        memories.memory(MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None });
        let (mut elements, mut bytes) = (ElementSection::new(), DataSection::new());
        for (place, items) in functions {
            elements.active(None, &ConstExpr::i32_const(*place as i32), Elements::Functions((*items).into()));
        }
        for (place, items) in data {
            bytes.active(0, &ConstExpr::i32_const(*place as i32), items.iter().copied());
        }
        let mut module = Module::new();
        module.section(&types).section(&numbers).section(&tables).section(&memories);
        module.section(&elements).section(&code).section(&bytes);
        module.finish()
    }

    fn joined_data(data: &[(usize, &[u8])], beneath: Option<&[(usize, &[u8])]>) -> Vec<(usize, Vec<u8>)> {
        let beneath = beneath.map(|data| module(data, &[]));
        let joined = read(&joined(&module(data, &[]), beneath.as_deref()).unwrap()).unwrap();
        joined.data.into_iter().map(|segment| (segment.place, segment.items)).collect()
    }

    #[test]
    fn neighbours_become_one_segment_in_the_order_of_their_places() {
        let joined = joined_data(&[(13, b"c"), (900, b"z"), (10, b"ab")], None);
        assert_eq!(joined, [(10, b"ab\0c".to_vec()), (900, b"z".to_vec())]);
    }

    #[test]
    fn between_segments_stays_what_the_module_beneath_has_there() {
        let joined = joined_data(&[(10, b"a"), (14, b"b"), (90, b"c")], Some(&[(5, b"1234567"), (12, b"8")]));
        assert_eq!(joined, [(10, b"a78\0b".to_vec()), (90, b"c".to_vec())]);
    }

    #[test]
    fn places_of_a_table_become_one_segment_only_without_a_gap() {
        let module = module(&[], &[(3, &[1]), (2, &[0]), (5, &[0])]);
        let segments = read(&joined(&module, None).unwrap()).unwrap().functions;
        let expected = [Segment { place: 2, items: vec![0, 1] }, Segment { place: 5, items: vec![0] }];
        assert_eq!(segments, expected);
    }
}
