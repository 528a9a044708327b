//! Reads types from JSON values with less code than serde_json needs.
//!
//! For each type, serde generates code for every form in which a format may present it: a struct may come as an array, a
//! number as a float, and each error names what was found. The Worker contains that code for each of its seventy types.
//! [`read`] accepts only an object for a struct, and its errors name only what was expected. Input of models and clients is
//! checked before, with better messages.
//!
//! An object is presented as the list of the struct's fields in order, because serde's code for a list is half as large as
//! its code for an object. As a consequence, fields that the struct does not have are ignored, `deny_unknown_fields` and
//! `alias` have no effect, and a missing field counts as null.
//!
//! What does not depend on the type is in functions that are not generic, and that the compiler may not copy into those that are.

use std::fmt::{self, Display};
use std::slice;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::{Serialize, forward_to_deserialize_any};
use serde_json::{Map, Value, map};

/// Why a value does not fit a type. It is one word, because the code of every type passes it on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.0)]
pub struct Error(Box<Reason>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Reason(String);

impl Error {
    #[cold]
    #[inline(never)]
    fn because(reason: fmt::Arguments<'_>) -> Self {
        Self(Box::new(Reason(reason.to_string())))
    }

    #[cold]
    #[inline(never)]
    fn expected(what: &str) -> Self {
        Self::because(format_args!("expected {what}"))
    }
}

impl serde::de::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Self::because(format_args!("{message}"))
    }

    fn invalid_type(_: Unexpected, expected: &dyn Expected) -> Self {
        Self::because(format_args!("expected {expected}"))
    }

    fn invalid_value(_: Unexpected, expected: &dyn Expected) -> Self {
        Self::because(format_args!("expected {expected}"))
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::because(format_args!("expected {expected}"))
    }

    fn unknown_variant(name: &str, _: &'static [&'static str]) -> Self {
        Self::because(format_args!("“{name}” is not known"))
    }

    fn unknown_field(name: &str, _: &'static [&'static str]) -> Self {
        Self::because(format_args!("the field “{name}” is not known"))
    }

    #[inline(never)]
    fn missing_field(name: &'static str) -> Self {
        Self::because(format_args!("the field “{name}” is missing"))
    }
}

/// Reads a type from a value.
///
/// # Errors
/// If the value does not fit the type.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, Error> {
    T::deserialize(Reader(value))
}

/// Reads a type from text.
///
/// # Errors
/// If the text is not JSON or does not fit the type.
pub fn read_text<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    parse(text).and_then(read)
}

#[inline(never)]
fn parse(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(|error| Error::because(format_args!("{error}")))
}

/// Converts a type to a value through its text, because the code that writes the text is needed anyway. `null` if JSON cannot
/// hold the data.
pub fn value<T: Serialize>(data: &T) -> Value {
    parse_own(&serde_json::to_string(data).unwrap_or_default())
}

#[inline(never)]
fn parse_own(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// Builds an object by inserting the fields one by one. Collecting a map would generate sorting code for each iterator type.
pub fn object(fields: impl IntoIterator<Item = (String, Value)>) -> Value {
    let mut object = Map::new();
    for (name, value) in fields {
        object.insert(name, value);
    }
    Value::Object(object)
}

/// A value as a serde deserializer.
pub struct Reader(pub Value);

impl<'de> Deserializer<'de> for Reader {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), ..) => visitor.visit_u64(number),
                (None, Some(number), _) => visitor.visit_i64(number),
                (None, None, Some(number)) => visitor.visit_f64(number),
                (None, None, None) => Err(Error::expected("a number")),
            },
            Value::String(text) => visitor.visit_string(text),
            list @ Value::Array(_) => visitor.visit_seq(Items::of(list)?),
            object @ Value::Object(_) => visitor.visit_map(Fields::of(object)?),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let mut fields = Named::of(self.0, names)?;
        visitor.visit_seq(&mut fields).map_err(|error| fields.explain(error))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(text(self.0)?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(Items::of(self.0)?)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Fields::of(self.0)?)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(Variant::of(self.0)?)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct ignored_any
    }
}

#[inline(never)]
fn text(value: Value) -> Result<String, Error> {
    if let Value::String(text) = value { Ok(text) } else { Err(Error::expected("a text")) }
}

struct Items(std::vec::IntoIter<Value>);

impl Items {
    #[inline(never)]
    fn of(value: Value) -> Result<Self, Error> {
        if let Value::Array(items) = value { Ok(Self(items.into_iter())) } else { Err(Error::expected("a list")) }
    }
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.0.next().map(|item| seed.deserialize(Reader(item))).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

/// The fields of a struct in order.
struct Named {
    fields: Map<String, Value>,
    names: slice::Iter<'static, &'static str>,
    /// The last requested field, if it is missing.
    absent: Option<&'static str>,
}

impl Named {
    #[inline(never)]
    fn of(value: Value, names: &'static [&'static str]) -> Result<Self, Error> {
        let Value::Object(fields) = value else { return Err(Error::expected("an object")) };
        Ok(Self { fields, names: names.iter(), absent: None })
    }

    /// The reason why a struct could not be read: only a missing required field ends the list early.
    #[cold]
    #[inline(never)]
    fn explain(&self, error: Error) -> Error {
        self.absent.map_or(error, Error::missing_field)
    }

    #[inline(never)]
    fn next(&mut self) -> Value {
        let name = self.names.next().copied().unwrap_or_default();
        let value = self.fields.get_mut(name).map(Value::take);
        self.absent = value.is_none().then_some(name);
        value.unwrap_or_default()
    }
}

impl<'de> SeqAccess<'de> for Named {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        match seed.deserialize(Reader(self.next())) {
            // A missing optional field is `None`. Any other missing field has a default or is an error.
            Err(_) if self.absent.is_some() => Ok(None),
            read => read.map(Some),
        }
    }
}

struct Fields {
    rest: map::IntoIter,
    value: Value,
}

impl Fields {
    #[inline(never)]
    fn of(value: Value) -> Result<Self, Error> {
        let Value::Object(fields) = value else { return Err(Error::expected("an object")) };
        Ok(Self { rest: fields.into_iter(), value: Value::Null })
    }

    #[inline(never)]
    fn next(&mut self) -> Option<Value> {
        let (name, value) = self.rest.next()?;
        self.value = value;
        Some(Value::String(name))
    }
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.next().map(|name| seed.deserialize(Reader(name))).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(Reader(self.value.take()))
    }
}

struct Variant {
    name: String,
    payload: Option<Value>,
}

impl Variant {
    #[inline(never)]
    fn of(value: Value) -> Result<Self, Error> {
        match value {
            Value::String(name) => Ok(Self { name, payload: None }),
            Value::Object(fields) => {
                let mut fields = fields.into_iter();
                match (fields.next(), fields.next()) {
                    (Some((name, payload)), None) => Ok(Self { name, payload: Some(payload) }),
                    _ => Err(Error::expected("an object with one field")),
                }
            }
            _ => Err(Error::expected("a name")),
        }
    }
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Error;
    type Variant = Payload;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Payload), Error> {
        let name: StrDeserializer<'_, Error> = self.name.as_str().into_deserializer();
        Ok((seed.deserialize(name)?, Payload(self.payload)))
    }
}

struct Payload(Option<Value>);

impl Payload {
    #[inline(never)]
    fn reader(self) -> Result<Reader, Error> {
        self.0.map(Reader).ok_or_else(|| Error::expected("an object"))
    }
}

impl<'de> VariantAccess<'de> for Payload {
    type Error = Error;

    #[inline(never)]
    fn unit_variant(self) -> Result<(), Error> {
        if self.0.is_none_or(|payload| payload.is_null()) { Ok(()) } else { Err(Error::expected("a name alone")) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.reader()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.reader()?.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, names: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.reader()?.deserialize_struct("", names, visitor)
    }
}

/// Whether a number is 0, for fields that are left out then.
pub const fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Clone, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct All {
        text: String,
        flag: bool,
        small: u8,
        negative: i64,
        share: f64,
        list: Vec<Option<u32>>,
        map: BTreeMap<String, Kind>,
        #[serde(default)]
        left_out: Option<Box<All>>,
        any: Value,
        nothing: Option<u8>,
        #[serde(default)]
        none: Vec<u8>,
        #[serde(default = "three")]
        three: u8,
    }

    fn three() -> u8 {
        3
    }

    #[derive(Debug, Clone, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        Unit,
        New(u8),
        Pair(u8, String),
        Fields { one: i32 },
    }

    fn all() -> Value {
        json!({
            "text": "ü", "flag": true, "small": 200, "negative": -5, "share": 0.25, "list": [1, null, 3],
            "map": {"a": "unit", "b": {"new": 3}, "c": {"pair": [1, "x"]}, "d": {"fields": {"one": -1}}},
            "any": {"deep": [1.5, null, {"x": false}]}, "unknown": 1,
        })
    }

    /// With all that [`all`] leaves to defaults.
    fn whole() -> Value {
        let mut whole = all();
        whole["leftOut"] = all();
        (whole["nothing"], whole["none"], whole["three"]) = (json!(1), json!([1, 2]), json!(4));
        whole
    }

    #[test]
    fn what_fits_is_read_as_serde_json_reads_it() {
        for value in [all(), whole()] {
            let expected: All = serde_json::from_value(value.clone()).unwrap();
            assert_eq!(read::<All>(value.clone()), Ok(expected.clone()));
            assert_eq!(read_text::<All>(&value.to_string()), Ok(expected));
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_as_serde_json_does() {
        for (field, wrong) in [
            ("text", json!(1)),
            ("flag", json!("true")),
            ("small", json!(300)),
            ("small", json!(-1)),
            ("negative", json!(1.5)),
            ("list", json!({})),
            ("list", json!(["x"])),
            ("map", json!([])),
            ("map", json!({"a": "no"})),
            ("map", json!({"a": {"new": 1, "unit": 2}})),
            ("map", json!({"a": "new"})),
            ("map", json!({"a": {"pair": [1]}})),
            ("map", json!({"a": {"fields": {}}})),
            ("leftOut", json!("x")),
            ("leftOut", json!({})),
            ("nothing", json!("x")),
            ("none", json!(null)),
            ("three", json!("x")),
        ] {
            let mut value = all();
            value[field] = wrong.clone();
            assert!(serde_json::from_value::<All>(value.clone()).is_err(), "{field}: {wrong}");
            assert!(read::<All>(value).is_err(), "{field}: {wrong}");
        }
        assert_eq!(read::<All>(json!({})).unwrap_err().to_string(), "the field “text” is missing");
        let mut value = all();
        value.as_object_mut().unwrap().remove("share");
        assert_eq!(read::<All>(value).unwrap_err().to_string(), "the field “share” is missing", "in the middle");
        assert_eq!(read::<All>(json!([])).unwrap_err().to_string(), "expected an object");
        assert!(read_text::<All>("{").is_err());
    }
}
